{% macro regex_matches(value, pattern) -%}
    {%- if '\\' in pattern -%}
        {{ exceptions.raise_compiler_error(
            "regex_matches: the pattern " ~ pattern ~ " holds a backslash, which engines escape differently: write [.] or [0-9]."
        ) }}
    {%- endif -%}
    {{ return(adapter.dispatch('regex_matches', 'customer360')(value, text_literal(pattern) | trim)) }}
{%- endmacro %}

{% macro default__regex_matches(value, pattern_literal) -%}
    {{ value }} ~ {{ pattern_literal }}
{%- endmacro %}
