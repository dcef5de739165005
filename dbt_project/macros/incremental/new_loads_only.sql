{% macro new_loads_only() -%}
    {%- if is_incremental() -%}
        _batch_id > (select coalesce(max(newest._batch_id), 0) from {{ this }} as newest)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
