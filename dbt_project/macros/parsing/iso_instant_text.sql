{% macro iso_instant_text(value) -%}
    {%- set clock = '([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?$' -%}
    {%- set zoned = ':[0-9.:]*(Z|[+-][0-9]{2}(:?[0-9]{2})?)$' -%}
    case
        when {{ regex_matches(value, '^[0-9]{4}-[0-9]{2}-[0-9]{2}' ~ clock) }}
            then {{ value }}
        when {{ regex_matches(value, '^[0-9]{4}/[0-9]{2}/[0-9]{2}' ~ clock) }}
            then replace({{ value }}, '/', '-')
        when {{ regex_matches(value, '^[0-9]{2}/[0-9]{2}/[0-9]{4}' ~ clock) }}
            then substr({{ value }}, 7, 4) || '-' || substr({{ value }}, 4, 2)
                || '-' || substr({{ value }}, 1, 2) || substr({{ value }}, 11)
        when {{ regex_matches(value, '^[0-9]{2}-[0-9]{2}-[0-9]{4}' ~ clock) }}
            then substr({{ value }}, 7, 4) || '-' || substr({{ value }}, 1, 2)
                || '-' || substr({{ value }}, 4, 2) || substr({{ value }}, 11)
        when {{ regex_matches(value, '^[0-9]{8}$') }}
            then substr({{ value }}, 1, 4) || '-' || substr({{ value }}, 5, 2)
                || '-' || substr({{ value }}, 7, 2)
    end
    || case when {{ regex_matches(value, zoned) }} then '' else ' UTC' end
{%- endmacro %}
