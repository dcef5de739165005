{% macro records_this_invocation() -%}
    {#- A lone `dbt test` changes nothing, so it must not become the newest build; within a build it counts. -#}
    {%- set writes = flags.WHICH in ['build', 'run', 'seed', 'snapshot', 'retry'] -%}
    {{ return(execute and (writes or (flags.WHICH == 'test' and env_var('C360_BUILD_ID', '') != ''))) }}
{%- endmacro %}
