{% macro clean_name(value) -%}
    {#- Engines agree on what initcap does after a space, so a mark and a space stand after each ' - . and Mc meanwhile. -#}
    {%- set symbols = "0123456789@#$%^&*()_+={}[]|:;<>?/~!,\"" -%}
    {%- set plain = "replace(replace(translate(" ~ value ~ ", " ~ text_literal(symbols) | trim ~ ", ''), '`', ''''), '’', '''')" -%}
    {%- set marks = namespace(text="lower(' ' || " ~ collapse_spaces(plain) ~ ")") -%}
    {%- for part in ["''", '-', '.', ' mc'] -%}
        {%- set marks.text = "replace(" ~ marks.text ~ ", '" ~ part ~ "', '" ~ part ~ "~ ')" -%}
    {%- endfor -%}
    {%- set cased = "replace(" ~ capitalised_words(marks.text) ~ ", '~ ', '')" -%}
    nullif({{ regex_replace_all(cased, "^[ .-]+|^ *'+$|[ -]+$", '') }}, '')
{%- endmacro %}
