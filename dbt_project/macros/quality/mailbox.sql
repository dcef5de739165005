{% macro mailbox(email) -%}
    replace({{ regex_replace_all(email, '[+][^@]*@', '@') }}, '.', '')
{%- endmacro %}
