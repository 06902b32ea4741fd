"""A comparison as JUnit XML: a line is a test; slower fails, not comparable is an error, inconclusive is skipped."""

from __future__ import annotations

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from harness.orchestrator.analysis.comparison import MISSING, NOT_COMPARABLE, Line
from harness.orchestrator.analysis.verdict import INCONCLUSIVE, SLOWER
from harness.orchestrator.reports.comparison.view import ComparisonView
from harness.orchestrator.reports.exporters import Exporter

KINDS = {SLOWER: Failure, MISSING: Error, NOT_COMPARABLE: Error, INCONCLUSIVE: Skipped}


def junit_xml(view: ComparisonView) -> bytes:
    """The XML."""
    suite = TestSuite("harness check")
    suite.add_property("A", view.a)
    suite.add_property("B", view.b)
    suite.add_testcases([test_case(line, view) for line in view.lines])
    document = JUnitXml(f"harness: {view.summary}")
    document.add_testsuite(suite)
    return document.tostring() + b"\n"


def test_case(line: Line, view: ComparisonView) -> TestCase:
    """A line as a test."""
    name, *figures, verdict = view.cells(line)
    case = TestCase(name, classname=f"harness.{line.metric.key}")
    words = f"{line.reason or verdict}; A {figures[0]}, B {figures[1]}, B / A {figures[2]}"
    case.system_out = words
    if line.verdict in KINDS:
        case.result = [KINDS[line.verdict](words, line.verdict)]
    return case


EXPORTER = Exporter("junit", ".xml", junit_xml, on_request=True)
