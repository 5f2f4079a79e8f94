"""What the containers run besides the services: a health check, and the start of MongoDB's replica set."""
