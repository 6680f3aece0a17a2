"""The leasing book: contracts, assets, plans, index rates, documents."""
