{% macro parse_email(value) -%}
    {#- RFC 5322's dot-atom before the @, RFC 1035's labels after it; no quoted or commented forms. Lengths are looked at
        apart, as repetitions with a bound make a pattern ten times as slow. -#}
    {%- set atom = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+" -%}
    {%- set label = '[a-z0-9]+(-+[a-z0-9]+)*' -%}
    {%- set pattern = '^' ~ atom ~ '([.]' ~ atom ~ ')*@(' ~ label ~ '[.])+([a-z][a-z]+|xn--[a-z0-9-]+)$' -%}
    {%- set email = 'lower(' ~ clean_text(value) ~ ')' -%}
    case
        when {{ regex_matches(email, pattern) }}
            and length({{ email }}) <= 254 and position('@' in {{ email }}) <= 65
            and (length({{ email }}) < 64 or not {{ regex_matches(email, '@(.*[.])?[^.]{64}') }})
            then {{ email }}
    end
{%- endmacro %}
