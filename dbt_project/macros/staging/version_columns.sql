{% macro version_columns(keys) -%}
    {%- set key -%} partition by {{ keys | join(', ') }} {%- endset -%}
    row_number() over (
        {{ key }} order by _batch_id desc nulls last, _line desc nulls last
    ) as recency,
    first_value(_batch_id) over (
        {{ key }} order by _batch_id asc nulls last, _line asc nulls last
    ) as _first_batch_id,
    first_value(_line) over (
        {{ key }} order by _batch_id asc nulls last, _line asc nulls last
    ) as _first_line
{%- endmacro %}
