{% macro folded_email(value) -%}
    {#- What stands behind a plus is the owner's own label, and gmail reads no dots: both are one mailbox. -#}
    {%- set bare = "replace(" ~ clean_text(value) ~ ", ' ', '')" -%}
    {%- set unlabelled = regex_replace_all(bare, '[+][^@]*', '') -%}
    nullif(
        case
            when {{ unlabelled }} like '@%' then ''
            when {{ regex_matches(unlabelled, '@(gmail|googlemail)[.]com$') }}
                then replace({{ email_local_part(unlabelled) }}, '.', '') || '@gmail.com'
            else {{ unlabelled }}
        end,
        ''
    )
{%- endmacro %}
