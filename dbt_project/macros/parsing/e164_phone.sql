{% macro e164_phone(digits, country) -%}
    {%- set code, trunk = country ~ '.calling_code', country ~ '.trunk_prefix' -%}
    {%- set shortest, longest = country ~ '.min_national_digits', country ~ '.max_national_digits' -%}
    case
        when {{ regex_matches(digits, '^[+]?0*$|(0{6}|1{7}|2{7}|3{7}|4{7}|5{7}|6{7}|7{7}|8{7}|9{7})$') }}
            then null
        when {{ trunk }} = '0' and {{ digits }} like '+' || {{ code }} || '0%'
            and length({{ digits }}) - length({{ code }}) - 2 between {{ shortest }} and {{ longest }}
            then '+' || {{ code }} || substr({{ digits }}, length({{ code }}) + 3)
        when {{ regex_matches(digits, '^[+][1-9][0-9]{7,14}$') }}
            then {{ digits }}
        when {{ digits }} like '%+%'
            then null
        when {{ digits }} like {{ trunk }} || '%'
            and length({{ digits }}) - length({{ trunk }}) between {{ shortest }} and {{ longest }}
            then '+' || {{ code }} || substr({{ digits }}, length({{ trunk }}) + 1)
        when ({{ trunk }} is null or {{ digits }} not like {{ trunk }} || '%')
            and length({{ digits }}) between {{ shortest }} and {{ longest }}
            then '+' || {{ code }} || {{ digits }}
        when {{ digits }} like {{ code }} || '%'
            and length({{ digits }}) - length({{ code }}) between {{ shortest }} and {{ longest }}
            then '+' || {{ digits }}
    end
{%- endmacro %}
