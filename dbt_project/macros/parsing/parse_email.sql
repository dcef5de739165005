{% macro parse_email(value) -%}
    {#- RFC 5322's dot-atom before the @, RFC 1035's labels after it; no quoted or commented forms. -#}
    {%- set atom = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+" -%}
    {%- set label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?' -%}
    {%- set pattern = '^' ~ atom ~ '([.]' ~ atom ~ ')*@(' ~ label ~ '[.])+([a-z]{2,63}|xn--[a-z0-9-]{1,59})$' -%}
    {%- set email = 'lower(' ~ clean_text(value) ~ ')' -%}
    case
        when {{ regex_matches(email, pattern) }}
            and length({{ email }}) <= 254 and position('@' in {{ email }}) <= 65
            then {{ email }}
    end
{%- endmacro %}
