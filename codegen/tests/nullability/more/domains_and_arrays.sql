-- columns: a=maybe, b=never, c=never, d=maybe, e=maybe, f=never, g=never, h=maybe
--@ scope system: "types only"

--! domains_and_arrays
SELECT p.support_email::text AS a, p.reply_email::text AS b, upper(p.reply_email) AS c, p.aliases[1] AS d, p.labels[1] AS e, p.labels[:2] AS f, cardinality(p.labels) AS g, array_length(p.labels, 1) AS h
FROM organization_profiles p
;
