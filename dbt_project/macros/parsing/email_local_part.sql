{% macro email_local_part(email) -%}
    {#- An address that lost its @ is all local part. -#}
    nullif({{ regex_replace_all(email, '@.*$', '') }}, '')
{%- endmacro %}
