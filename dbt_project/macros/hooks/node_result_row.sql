{% macro node_result_row(result) -%}
    {%- set execution = result.timing | selectattr('name', 'equalto', 'execute') | first -%}
    {%- set rows_affected = (result.adapter_response or {}).get('rows_affected') -%}
    {%- set folder = result.node.fqn[1] if result.node.fqn | length > 2 else result.node.resource_type ~ 's' -%}
    (
        {{ text_literal(current_build_id()) }}, {{ text_literal(invocation_id) }},
        {{ text_literal(result.node.unique_id) }}, {{ text_literal(result.node.resource_type) }},
        {{ text_literal(folder) }}, {{ text_literal(result.status) }},
        {{ result.failures if result.failures is not none else 'null' }},
        {{ rows_affected if rows_affected is number and rows_affected >= 0 else 'null' }},
        {{ text_literal(execution.started_at if execution) }},
        {{ text_literal(execution.completed_at if execution) }},
        {{ result.execution_time | round(3) }}, {{ text_literal(result.message) }}
    )
{%- endmacro %}
