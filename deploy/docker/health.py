"""The health check of a container: `python -m deploy.docker.health [PATH]` asks the service beside it.

Python, because the image holds nothing else that speaks HTTP; the standard library alone, because it runs often.
"""

import http.client
import os
import sys

_PATIENCE_SECONDS = 8.0


def fault(port: int, path: str) -> str | None:
    """None when the service answers 200 to GET `path`, else what it says instead."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        said = answer.read(1000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as problem:
        return f"nothing answers on port {port}: {problem}"
    finally:
        connection.close()
    return None if answer.status == http.client.OK else f"{path} says {answer.status}: {said}"


def main() -> None:
    """Ends with 0 when the service is well, else with 1 and the reason."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
    sys.exit(fault(int(os.environ.get("PALABRA_PORT", "8100")), path))


if __name__ == "__main__":
    main()
