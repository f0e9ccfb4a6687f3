"""What schemathesis needs to know of this API, and what it must not do while it tries every route."""

import io
import json
import os
import zipfile
import zlib

import schemathesis

OWN_KEY_ID = os.environ["HINTRANK_CONTRACT_KEY_ID"]
TRAINING = json.loads(os.environ["HINTRANK_CONTRACT_TRAINING"])
NOBODY = "nothing_that_anybody_has"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Its own key is neither revoked nor replaced: everything after that would be 401. What is seeded stays as it is but for what is spare."""
    path_id = (case.path_parameters or {}).get("id")
    if path_id == OWN_KEY_ID:
        case.path_parameters["id"] = NOBODY
    changes = case.method.upper() == "DELETE" or case.path.endswith("/cancel")
    if changes and path_id in TRAINING["datasets"] + TRAINING["jobs"]:
        case.path_parameters["id"] = NOBODY
    if case.path.endswith("/events") and str(path_id).startswith("tj_"):
        # The stream of a job that goes on would last for minutes.
        if path_id not in TRAINING["endedJobs"] + TRAINING["spareJobs"]:
            case.path_parameters["id"] = TRAINING["endedJobs"][0]


def good_lines():
    """A dataset that can be trained on."""
    lines = [{"query": f"query {n}", "relevant_passages": [f"passage {n}"]} for n in range(40)]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def good_archive():
    """The same as a BEIR folder."""
    parts = {
        "corpus.jsonl": [json.dumps({"_id": f"d{n}", "text": f"passage {n}"}) for n in range(40)],
        "queries.jsonl": [json.dumps({"_id": f"q{n}", "text": f"query {n}"}) for n in range(40)],
        "qrels/train.tsv": [f"q{n}\td{n}\t1" for n in range(40)],
    }
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for path, lines in parts.items():
            writer.writestr(f"animals/{path}", "\n".join(lines))
    return archive.getvalue()


def file_or(value, good):
    """Every other generated file is a good one, because chance would make none; the rest are sent as they are, and what is no file as JSON."""
    data = getattr(value, "data", value)
    if not isinstance(data, (bytes, str)):
        return json.dumps(data).encode()
    data = data if isinstance(data, bytes) else data.encode()
    return good() if zlib.crc32(data) % 2 == 0 else data


@schemathesis.serializer("application/jsonl")
def serialize_lines(context, value):
    return file_or(value, good_lines)


@schemathesis.serializer("application/zip")
def serialize_archive(context, value):
    return file_or(value, good_archive)
