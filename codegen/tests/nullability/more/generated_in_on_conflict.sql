-- columns: carrier=maybe
--@ scope system: "types only"

--! generated_in_on_conflict
--@ param id integer
INSERT INTO parcels (id, price, quantity, discount, state) VALUES (:id, 1, 1, NULL, 'packed')
ON CONFLICT (id) DO UPDATE SET amount = EXCLUDED.total, carrier = EXCLUDED.reduced::text, currency = 'eur', sent_at = now()
RETURNING carrier
;
