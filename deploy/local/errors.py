"""What a person can do something about."""


class UserError(Exception):
    """Something outside the code is not as it must be; the message is all that the person needs to read.

    The command line prints it without a traceback and exits with 1. Whatever else is raised is our mistake.
    """
