{% macro current_build_id() -%}
    {{ return(env_var('C360_BUILD_ID', '') or invocation_id) }}
{%- endmacro %}
