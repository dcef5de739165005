-- Grain: one row per band of sizes of customers, and one over all customers: how many customers and
-- records it has. Of a band that begins at a number, the next one of its topic is the end.
with customers as (
    select * from {{ ref('int_customer_matches_summarised') }}
),

bands as (
    select
        *,
        lead(minimum_value) over (partition by topic order by minimum_value asc) as next_minimum
    from {{ ref('match_bands') }}
),

measured_customers as (
    {% for topic in ['cluster_size', 'given_names', 'birth_dates', 'emails'] %}
        select
            '{{ topic }}' as topic,
            {{ 'records' if topic == 'cluster_size' else topic }} as measured_value,
            records,
            pairs
        from customers
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        bands.topic,
        bands.band as subject,
        bands.minimum_value as sort_order,
        bands.is_suspicious,
        coalesce(sum(measured_customers.records), 0) as records,
        count(measured_customers.records) as customers,
        coalesce(sum(measured_customers.pairs), 0) as found_pairs
    from bands
    left join measured_customers
        on
            bands.topic = measured_customers.topic
            and bands.minimum_value <= measured_customers.measured_value
            and measured_customers.measured_value
            < coalesce(bands.next_minimum, measured_customers.measured_value + 1)
    group by bands.topic, bands.band, bands.minimum_value, bands.is_suspicious
    union all
    select
        'all' as topic,
        'all' as subject,
        1 as sort_order,
        cast(null as boolean) as is_suspicious,
        coalesce(sum(records), 0) as records,
        count(*) as customers,
        coalesce(sum(pairs), 0) as found_pairs
    from customers
)

select * from final
