{% macro graph_table(kind, round=none) -%}
    {%- set suffix = '__' ~ kind ~ ('' if round is none else '_' ~ round) -%}
    {{ return(this.incorporate(path={'identifier': this.identifier ~ suffix}, type='table')) }}
{%- endmacro %}
