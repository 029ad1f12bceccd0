"""pyOpenSSL for the differential tests: a line of JSON in, a line of JSON out.

A request is {"id", "source", "values", "shared"}. The source is Python; the value of its last expression is the
answer. `values` are its variables. Names that it binds are gone afterwards, unless `shared` is true: then all later
sources see them.

An answer is {"id"} with one of
  "answer"   the value;
  "refusal"  what pyOpenSSL raised: {"type", "message", "queue", "errors"};
  "broken"   the source itself is wrong (a traceback), which no test may take for a refusal.

Values that JSON lacks are objects with one key: {"bytes": base64}, {"integer": decimal}, {"time": seconds since 1970},
{"record": {...}}.
"""

import ast
import base64
import calendar
import datetime
import inspect
import json
import re
import sys
import traceback

import OpenSSL
from OpenSSL import SSL, crypto, rand

shared = {"OpenSSL": OpenSSL, "SSL": SSL, "crypto": crypto, "rand": rand, "datetime": datetime}


class Unanswerable(Exception):
    """The answer is of a kind that cannot leave Python."""


def encode(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"integer": str(value)}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return {"time": calendar.timegm(value.utctimetuple())}
    if isinstance(value, (list, tuple)):
        return [encode(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return [encode(one) for one in sorted(value)]
    if isinstance(value, dict):
        return {"record": {key: encode(one) for key, one in value.items()}}
    raise Unanswerable("a %s cannot be answered" % type(value).__name__)


def decode(value):
    if isinstance(value, list):
        return [decode(one) for one in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "bytes":
        return base64.b64decode(content)
    if kind == "integer":
        return int(content)
    if kind == "time":
        return datetime.datetime.utcfromtimestamp(content)
    return {key: decode(one) for key, one in content.items()}


def evaluate(source, scope):
    """Runs statements; answers the value of the last one if it is an expression."""
    tree = ast.parse(inspect.cleandoc(source))
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<source>", "exec"), scope)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), "<source>", "eval"), scope)


# what pyOpenSSL says when it takes an argument for one of its own objects, or a number for text
WRONG_ARGUMENT = re.compile(r"object has no attribute '(_\w+|encode|timetuple)'$")


def refusal(error):
    queue = error.args[0] if isinstance(error, (crypto.Error, SSL.Error)) and error.args else []
    return {
        "type": "TypeError" if WRONG_ARGUMENT.search(str(error)) else type(error).__name__,
        "message": str(error),
        # crypto.Error also comes with a mere sentence
        "queue": [list(entry) for entry in queue] if isinstance(queue, list) else [],
        "errors": getattr(error, "errors", []),
    }


def is_mistake(error):
    """Whether an exception says that a source is wrong, not that pyOpenSSL refuses something."""
    if isinstance(error, AttributeError):
        return str(error) != "No such attribute" and not WRONG_ARGUMENT.search(str(error))
    return isinstance(error, (NameError, SyntaxError, AssertionError, Unanswerable))


def empty_queue():
    """pyOpenSSL leaves errors in OpenSSL's queue, and raises them later: sources must not hear of each other."""
    try:
        crypto._raise_current_error()
    except crypto.Error:
        pass


def answer(request):
    empty_queue()
    scope = shared if request.get("shared") else dict(shared)
    scope.update({name: decode(value) for name, value in request["values"].items()})
    try:
        return {"answer": encode(evaluate(request["source"], scope))}
    except Exception as error:
        if is_mistake(error):
            return {"broken": traceback.format_exc()}
        return {"refusal": refusal(error)}


def main():
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        answers.write(json.dumps({"id": request["id"], **answer(request)}) + "\n")
        answers.flush()


main()
