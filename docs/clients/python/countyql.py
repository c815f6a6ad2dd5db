"""A client of countyql in the standard library of Python 3.9 or newer."""

import json
import os
import urllib.error
import urllib.request


class QueryError(Exception):
    """What the server refused. `code` is stable; the message is for people."""

    def __init__(self, error):
        extensions = error.get("extensions", {})
        super().__init__(error["message"])
        self.code = extensions.get("code", "INTERNAL")
        self.suggestions = extensions.get("suggestions", [])
        self.path = error.get("path")


class Client:
    def __init__(self, url, token=None):
        self.url = url
        self.token = token

    def ask(self, document, **variables):
        """Returns the data of an operation; raises QueryError for the first error."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        body = json.dumps({"query": document, "variables": variables}).encode()
        request = urllib.request.Request(self.url + "/graphql", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as refused:
            # 401, 413, 503 and the like have the same JSON; what stands between client and server may not.
            if refused.headers.get_content_type() != "application/json":
                raise
            answer = json.load(refused)
        if answer.get("errors"):
            raise QueryError(answer["errors"][0])
        return answer["data"]

    def observations(self, where, page=100):
        """Yields every figure, page by page."""
        after = None
        while True:
            found = self.ask(OBSERVATIONS, where=where, first=page, after=after)["observations"]
            yield from found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]


OBSERVATIONS = """
query Observations($where: ObservationWhere!, $first: Int!, $after: String) {
  observations(where: $where, first: $first, after: $after) {
    nodes { indicator { code } period { label } value missing unit precision printed source { title } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def from_environment():
    return Client(os.environ.get("COUNTYQL_URL", "http://127.0.0.1:8080"), os.environ.get("COUNTYQL_TOKEN"))
