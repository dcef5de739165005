-- Grain: one row per customer record, with what other records say of its contacts and its home.
-- Of several records in one source the one made first is the customer's own, the others double it.
-- People move: an old address is one that is not on the record changed last.
with names as (
    select * from {{ ref('int_customer_names_parted') }}
),

shared_contacts as (
    select * from {{ ref('int_shared_contacts_judged') }}
),

compared as (
    select
        *,
        count(*) over (partition by email) as email_holders,
        count(*) over (partition by phone) as phone_holders,
        length(email) - length(replace(email, '.', '')) as dots,
        min(length(email) - length(replace(email, '.', ''))) over (partition by mailbox)
            as fewest_dots,
        first_value(street) over (
            partition by customer_id
            order by
                case when street is null then 1 else 0 end asc nulls last,
                updated_at desc nulls last,
                source_customer_key asc nulls last
        ) as newest_street,
        row_number() over (
            partition by customer_id, source_name
            order by
                created_at asc nulls last,
                _first_batch_id asc nulls last,
                _first_line asc nulls last,
                source_customer_key asc nulls last
        ) as rank_in_source
    from names
),

final as (
    select
        compared.source_customer_key,
        compared.rank_in_source > 1 as duplicate_record,
        coalesce(compared.street <> compared.newest_street, false) as moved_house,
        coalesce(compared.dots > compared.fewest_dots, false) as dotted_email,
        mailboxes.shared_value is not null as shared_email,
        phones.shared_value is not null as shared_phone,
        compared.email is not null
        and compared.email_holders > {{ var('identity_max_shared_records') }} as overshared_email,
        compared.phone is not null
        and compared.phone_holders > {{ var('identity_max_shared_records') }} as overshared_phone
    from compared
    left join shared_contacts as mailboxes
        on
            mailboxes.contact = 'mailbox'
            and compared.mailbox = mailboxes.shared_value
    left join shared_contacts as phones
        on
            phones.contact = 'phone'
            and compared.phone = phones.shared_value
)

select * from final
