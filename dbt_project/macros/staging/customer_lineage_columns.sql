{% macro customer_lineage_columns(record) -%}
    {{ record }}._first_batch_id,
    {{ record }}._first_line,
    {{ record }}._file_sha256,
    {{ record }}._file_name,
    {{ record }}._line,
    {{ record }}._loaded_at,
    {{ record }}._batch_id
{%- endmacro %}
