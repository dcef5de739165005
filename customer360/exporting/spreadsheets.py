"""Text that a spreadsheet would run as a formula when it opens a CSV file.

A name such as `=HYPERLINK(…)`, typed into the shop by anybody, would run on the analyst's machine.
As OWASP advises ("CSV Injection"), a text that begins like a formula gets an apostrophe in front:
spreadsheets then show it as text. Numbers and days are typed and stay as they are.
"""

import pyarrow as pa
import pyarrow.compute as pc

# Also the full-width forms of the four signs, which some spreadsheets take for the narrow ones.
_FORMULA = r"\A[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"


def neutralised(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the batch with an apostrophe in front of each text that begins like a formula."""
    columns = [
        _neutralised_text(column) if pa.types.is_string(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _neutralised_text(values: pa.StringArray) -> pa.StringArray:
    is_formula = pc.match_substring_regex(values, _FORMULA)
    return pc.if_else(is_formula, pc.binary_join_element_wise("'", values, ""), values)
