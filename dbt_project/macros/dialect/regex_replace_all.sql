{% macro regex_replace_all(value, pattern, replacement) -%}
    {%- if '\\' in pattern or '\\' in replacement -%}
        {{ exceptions.raise_compiler_error(
            "regex_replace_all: " ~ pattern ~ " or " ~ replacement ~ " holds a backslash, which engines escape differently: "
            ~ "write [.] or [0-9], and no group references."
        ) }}
    {%- endif -%}
    {{ return(adapter.dispatch('regex_replace_all', 'customer360')(
        value, text_literal(pattern) | trim, text_literal(replacement) | trim
    )) }}
{%- endmacro %}

{% macro default__regex_replace_all(value, pattern_literal, replacement_literal) -%}
    regexp_replace({{ value }}, {{ pattern_literal }}, {{ replacement_literal }}, 'g')
{%- endmacro %}
