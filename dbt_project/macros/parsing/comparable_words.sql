{% macro comparable_words(value, kept) -%}
    {%- set bare = "translate(" ~ unaccented('lower(' ~ value ~ ')') ~ ", '''`’.', '')" -%}
    nullif({{ collapse_spaces(regex_replace_all(bare, '[^' ~ kept ~ ']+', ' ')) }}, '')
{%- endmacro %}
