"""The application factory and what routes need: keys, commands, forms, answers, problems, cursors."""

from shared.http.app import create_app
from shared.http.auth import Caller, CallerOf
from shared.http.paging import Limit, Page, decode_cursor, encode_cursor
from shared.http.parts import CommandOf, Form, IfMatch, View, get_desk, reply
from shared.http.problems import Problem, problem_response

__all__ = [
    "Caller",
    "CallerOf",
    "CommandOf",
    "Form",
    "IfMatch",
    "Limit",
    "Page",
    "Problem",
    "View",
    "create_app",
    "decode_cursor",
    "encode_cursor",
    "get_desk",
    "problem_response",
    "reply",
]
