package exec

import (
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// The names of the options of WITH that a scan uses.
const (
	optionMaxRecords       = "max_records"
	optionRecordsPerSecond = "records_per_second"
	optionReplica          = "replica"
	optionReadMode         = "read_mode"
	optionFetchRows        = "fetch_rows"
	optionRack             = "rack"
	optionTimeout          = "timeout"
	optionSocketTimeout    = "socket_timeout"
)

// replicas are the values of the option replica.
var replicas = map[string]cluster.ReplicaPolicy{
	"sequence": cluster.ReplicaSequence, "master": cluster.ReplicaMaster, "any": cluster.ReplicaMasterProles,
	"random": cluster.ReplicaRandom, "rack": cluster.ReplicaPreferRack,
}

// queryOptions sets the fields of a policy that options name, and returns the number of records of
// a page, or 0.
func queryOptions(options map[string]protocol.Value, policy *cluster.QueryPolicy) (page int64, err error) {
	if len(options) == 0 {
		return 0, nil
	}
	most, err := countOption(options, optionMaxRecords)
	if err != nil {
		return 0, err
	}
	if most > 0 && (policy.MaxRecords == 0 || most < policy.MaxRecords) {
		policy.MaxRecords = most
	}
	rate, err := countOption(options, optionRecordsPerSecond)
	if err != nil {
		return 0, err
	}
	if rate > 0 {
		policy.RecordsPerSecond = int(rate)
	}
	if err := readOptions(options, &policy.Replica, nil, nil); err != nil {
		return 0, err
	}
	if err := timeoutOptions(options, &policy.TotalTimeout, &policy.SocketTimeout); err != nil {
		return 0, err
	}
	return countOption(options, optionFetchRows)
}

// CheckOption returns an error for a value that an option of WITH can't have. The name is in lower
// case.
func CheckOption(name string, v protocol.Value) error {
	options := map[string]protocol.Value{name: v}
	switch name {
	case optionMaxRecords, optionFetchRows, optionRecordsPerSecond:
		_, err := countOption(options, name)
		return err
	case optionRack:
		return readOptions(options, nil, nil, nil)
	}
	_, err := new(Engine).withOptions(options)
	return err
}

// countOption returns the value of an option that is a number, 0 if it is not set.
func countOption(options map[string]protocol.Value, name string) (int64, error) {
	v, ok := options[name]
	if !ok || v.IsNil() {
		return 0, nil
	}
	n, isInt := v.Int()
	if !isInt || n < 0 {
		return 0, ast.Errorf(ast.ErrArguments, "the option %s must be a non-negative integer, not %v", name, v)
	}
	return n, nil
}

// timeoutOptions sets the timeouts of a policy that options name.
func timeoutOptions(options map[string]protocol.Value, total, socket *time.Duration) (err error) {
	if v, ok := options[optionTimeout]; ok {
		if *total, err = timeoutOption(optionTimeout, v); err != nil {
			return err
		}
	}
	if v, ok := options[optionSocketTimeout]; ok {
		*socket, err = timeoutOption(optionSocketTimeout, v)
	}
	return err
}

// readOptions sets the fields of a policy that options name. A field may be nil if the statement
// does not use it.
func readOptions(options map[string]protocol.Value, replica *cluster.ReplicaPolicy, ap *cluster.ReadModeAP, sc *cluster.ReadModeSC) error {
	if v, ok := options[optionReplica]; ok {
		name, _ := v.Text()
		policy, known := replicas[strings.ToLower(name)]
		if !known {
			return ast.Errorf(ast.ErrArguments, "the option replica must be sequence, master, any, random or rack, not %v", v)
		}
		*replica = policy
	}
	if _, ok := options[optionRack]; ok {
		return ast.Errorf(ast.ErrUnsupported, "the option rack: the client's configuration has the racks; use replica = 'rack'")
	}
	v, ok := options[optionReadMode]
	if !ok {
		return nil
	}
	if ap == nil {
		return ast.Errorf(ast.ErrUnsupported, "the option read_mode applies to reading by keys, and this statement reads a set")
	}
	name, _ := v.Text()
	switch strings.ToLower(name) {
	case "one":
		*ap = cluster.ReadOne
	case "all":
		*ap = cluster.ReadAll
	case "session":
		*sc = cluster.ReadSession
	case "linearize":
		*sc = cluster.ReadLinearize
	case "allow_replica":
		*sc = cluster.ReadAllowReplica
	case "allow_unavailable":
		*sc = cluster.ReadAllowUnavailable
	default:
		return ast.Errorf(ast.ErrArguments, "the option read_mode must be one, all, session, linearize, allow_replica or allow_unavailable, not %v", v)
	}
	return nil
}
