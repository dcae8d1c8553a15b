package driver

import (
	"slices"
	"strings"
)

// A DSNKey describes a key of data source names.
type DSNKey struct {
	Name    string
	Default string // as it is written, "" for none
	// Values are the other values, or what they are: "on, off", "a duration".
	Values  string
	Meaning string
	// Safe means that the key is one of [SafeKeys].
	Safe bool
}

// DSNKeys describes the keys of data source names, in the order of [Config.FormatDSN].
func DSNKeys() []DSNKey {
	safe := SafeKeys()
	var all []DSNKey
	for _, key := range dsnKeys() {
		d := dsnDescriptions[key.name]
		d.Name, d.Safe = key.name, slices.Contains(safe, key.name)
		all = append(all, d)
	}
	return all
}

// DSNKeysMarkdown returns DSNKeys as a table in Markdown.
func DSNKeysMarkdown() string {
	var b strings.Builder
	b.WriteString("| Key | Default | Values | Meaning |\n|---|---|---|---|\n")
	for _, key := range DSNKeys() {
		name, byDefault := "`"+key.Name+"`", ""
		if key.Safe {
			name += " *"
		}
		if key.Default != "" {
			byDefault = "`" + key.Default + "`"
		}
		b.WriteString("| " + name + " | " + byDefault + " | " + key.Values + " | " + key.Meaning + " |\n")
	}
	return b.String()
}

// Kinds of values of several keys.
const (
	durationOrNone = "a duration such as `500ms` or `2s`, or `none`"
	aDuration      = "a duration such as `500ms` or `2s`"
	aNumber        = "a number"
	numberOrNone   = "a number, or `none`"
	aFile          = "a file"
	trueOnly       = "`true`"
)

// dsnDescriptions are the descriptions of the keys by their names.
var dsnDescriptions = map[string]DSNKey{
	"timeout":             {Default: "1s", Values: durationOrNone, Meaning: "limit of each command with its retries"},
	"socket_timeout":      {Default: "30s", Values: durationOrNone, Meaning: "limit of each wait for a node"},
	"connect_timeout":     {Default: "1s", Values: durationOrNone, Meaning: "limit of opening a connection"},
	"login_timeout":       {Default: "5s", Values: aDuration, Meaning: "limit of a login to a node"},
	"timeout_delay":       {Values: aDuration, Meaning: "how long a connection waits for the answer after a timeout, so that it can be used again"},
	"tend_interval":       {Default: "1s", Values: durationOrNone, Meaning: "pause between checks of the cluster's nodes"},
	"idle_timeout":        {Default: "55s", Values: durationOrNone, Meaning: "age at which an unused connection is closed"},
	"max_conns":           {Default: "100", Values: aNumber, Meaning: "maximum number of connections to a node"},
	"min_conns":           {Default: "0", Values: aNumber, Meaning: "number of connections to a node that are kept open"},
	"max_queue":           {Default: "16384", Values: numberOrNone, Meaning: "number of commands that may wait for a node; more fail at once with `cluster.ErrOverload`"},
	"max_retries":         {Default: "2", Values: aNumber, Meaning: "retries of a failed read, 5 by default for scans; writes are never retried"},
	"retry_pause":         {Values: aDuration, Meaning: "pause before each retry"},
	"retry_pause_factor":  {Default: "1", Values: aNumber, Meaning: "factor by which the pause grows from retry to retry"},
	"max_error_rate":      {Default: "100", Values: numberOrNone, Meaning: "failures of a node after which commands to it fail at once: the circuit breaker"},
	"error_rate_window":   {Default: "1", Values: "a number from 1 to 3600", Meaning: "the number of `tend_interval`s in which they are counted"},
	"retry_percent":       {Default: "20", Values: numberOrNone, Meaning: "number of retries that 100 commands allow: the retry budget"},
	"retry_reserve":       {Default: "10000", Values: aNumber, Meaning: "number of retries that are allowed in addition"},
	"replica":             {Default: "sequence", Values: "`master`, `master_proles`, `random`, `prefer_rack`", Meaning: "the nodes that reads are sent to"},
	"racks":               {Values: "numbers, nearest first, such as `1,2`", Meaning: "the racks of `replica=prefer_rack`"},
	"read_mode_ap":        {Default: "one", Values: "`all`", Meaning: "how many replicas a read asks in namespaces without strong consistency"},
	"read_mode_sc":        {Default: "session", Values: "`linearize`, `allow_replica`, `allow_unavailable`", Meaning: "the consistency of reads in namespaces with strong consistency"},
	"records_per_second":  {Values: aNumber, Meaning: "limit of the records that each node reads for a scan"},
	"compress":            {Default: "false", Values: trueOnly, Meaning: "requests and responses are compressed (Enterprise)"},
	"compress_threshold":  {Default: "128", Values: aNumber, Meaning: "size in bytes from which requests are compressed"},
	"coalesce":            {Default: "on", Values: "`off`", Meaning: "commands that are under way at the same time travel together"},
	"send_key":            {Default: "true", Values: "`false`", Meaning: "the user key is stored with each record"},
	"ttl":                 {Default: "default", Values: "`never`, `keep`, or a duration of at least 1s", Meaning: "time to live of written records; the default is the namespace's"},
	"durable_delete":      {Default: "false", Values: trueOnly, Meaning: "DELETE leaves tombstones (Enterprise)"},
	"commit":              {Default: "all", Values: "`master`", Meaning: "the copies that are written before the server answers"},
	"scan":                {Default: "allow", Values: "`deny`", Meaning: "statements that read a whole set are errors"},
	"tx":                  {Default: "error", Values: "`autocommit`", Meaning: "BeginTx fails where there are no transactions; with `autocommit` it succeeds everywhere, and each statement takes effect at once"},
	"memory_limit":        {Default: "64MiB", Values: "a size such as `1GiB`", Meaning: "what one statement may keep to sort, group, join and remove duplicates"},
	"atomic":              {Default: "on", Values: "`off`", Meaning: "a statement that writes several records by keys is one transaction in namespaces with strong consistency"},
	"late_bins":           {Default: "error", Values: "`ignore`", Meaning: "what `SELECT *` does with a bin that it did not know when the statement began; `ignore` leaves it out"},
	"index_numbers":       {Default: "any", Values: "`integers`", Meaning: "`integers` promises that undeclared bins with a numeric index have no floats, so that conditions use the index"},
	"disable_rules":       {Values: "`filter`, `index`, `union`, `intersection`, `projection`, `key`, `limit`, with commas", Meaning: "rules of planning that are not used, to find faults"},
	"dialect":             {Default: "standard", Values: "`aql`", Meaning: "see [the dialect aql](#the-dialect-aql)"},
	"collections":         {Default: "native", Values: "`json`", Meaning: "lists and maps come back as JSON text"},
	"auth":                {Default: "internal", Values: "`external`, `pki`", Meaning: "how the client authenticates; others than `internal` need `tls`"},
	"tls":                 {Default: "false", Values: trueOnly, Meaning: "TLS for all connections"},
	"tls_ca":              {Values: aFile, Meaning: "certificate authorities; by default the system's"},
	"tls_cert":            {Values: aFile, Meaning: "the client's certificate, which is read again when it changes"},
	"tls_key":             {Values: aFile, Meaning: "the client's key"},
	"tls_name":            {Values: "a name", Meaning: "name in the nodes' certificates, unless the address or the cluster gives one; by default the host"},
	"local_files":         {Default: "false", Values: trueOnly, Meaning: "`REGISTER MODULE 'path'` may read files of this machine"},
	"cluster_name":        {Values: "a name", Meaning: "name that the nodes must report"},
	"app_id":              {Values: "a name", Meaning: "identifies the program to the server's operators"},
	"alternate_addresses": {Default: "false", Values: trueOnly, Meaning: "the nodes' alternate-access-address is used"},
	"ip_map":              {Values: "pairs of hosts such as `10.0.0.1=203.0.113.5`, with commas", Meaning: "hosts to use instead of those that nodes report"},
	"open_unconnected":    {Default: "false", Values: trueOnly, Meaning: "opening succeeds although no seed can be reached"},
	"metrics":             {Default: "false", Values: trueOnly, Meaning: "commands are counted and timed, see `cluster.Client.Metrics`"},
	"log_statements":      {Default: "false", Values: trueOnly, Meaning: "each statement is logged with its time, rows and error"},
	"slow_statement":      {Values: aDuration, Meaning: "statements that take at least this time are logged as warnings"},
	"log_arguments":       {Default: "false", Values: trueOnly, Meaning: "arguments and literals are logged too"},

	"tls_insecure_trust_any_server": {Default: "false", Values: trueOnly, Meaning: "any certificate is accepted; for experiments only"},
}
