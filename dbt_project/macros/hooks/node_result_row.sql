{% macro node_result_row(result) -%}
    {%- set execution = result.timing | selectattr('name', 'equalto', 'execute') | first -%}
    {%- set is_relation = result.node.resource_type in ['model', 'seed', 'snapshot'] -%}
    {%- set rows_affected = (result.adapter_response or {}).get('rows_affected') if is_relation -%}
    {%- set path = result.node.original_file_path.split('/') -%}
    {%- set layer = path[1] if path[0] == 'models' else path[0] -%}
    (
        {{ text_literal(current_build_id()) }}, {{ text_literal(invocation_id) }},
        {{ text_literal(result.node.unique_id) }}, {{ text_literal(result.node.resource_type) }},
        {{ text_literal(layer) }}, {{ text_literal(result.status) }},
        {{ result.failures if result.failures is not none else 'null' }},
        {{ rows_affected if rows_affected is number and rows_affected >= 0 else 'null' }},
        {{ text_literal(execution.started_at ~ ' UTC' if execution else none) }},
        {{ text_literal(execution.completed_at ~ ' UTC' if execution else none) }},
        {{ result.execution_time | round(3) }}, {{ text_literal(result.message) }}
    )
{%- endmacro %}
