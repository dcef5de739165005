{% macro phone_digits(value) -%}
    {#- Innermost first: the extension goes, the trunk zero in brackets, all that is no digit; 00 is a plus. -#}
    {%- set bare = regex_replace_all('lower(' ~ value ~ ')', '[ ,;/]*(extension|ext|x|#)[ .:]*[0-9]+ *$', '') -%}
    {%- set dialled = regex_replace_all("replace(" ~ bare ~ ", '(0)', '')", '[^0-9+]', '') -%}
    nullif({{ regex_replace_all(dialled, '^00', '+') }}, '')
{%- endmacro %}
