{% macro record_node_results(results) -%}
    {%- if records_this_invocation() and results -%}
    {%- set rows = [] -%}
    {%- for result in results -%}
        {%- do rows.append(node_result_row(result)) -%}
    {%- endfor -%}
    insert into ops.node_results (
        build_id, invocation_id, unique_id, resource_type, layer, status, failures, rows_affected,
        started_at, completed_at, execution_seconds, message
    )
    values
    {{ rows | join(',\n    ') }}
    {%- endif -%}
{%- endmacro %}
