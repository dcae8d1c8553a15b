package exec

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// optionMemoryLimit is the only setting that is not an option of WITH too.
const optionMemoryLimit = "memory_limit"

// A setting is a variable of a session.
type setting struct {
	// set changes the options of the session's engine.
	set func(o *Options, v protocol.Value) error
	// get returns the value as text.
	get func(o *Options) string
}

// settings are the variables of a session. They have the names and values of the options of WITH,
// which have precedence.
var settings = map[string]setting{
	optionMaxRecords: {
		set: func(o *Options, v protocol.Value) error { return setCount(&o.MaxRecords, optionMaxRecords, v) },
		get: func(o *Options) string { return strconv.FormatInt(o.MaxRecords, 10) },
	},
	optionFetchRows: {
		set: func(o *Options, v protocol.Value) error { return setCount(&o.FetchRows, optionFetchRows, v) },
		get: func(o *Options) string { return strconv.FormatInt(o.FetchRows, 10) },
	},
	optionMemoryLimit: {
		set: func(o *Options, v protocol.Value) error {
			if n, ok := v.Int(); ok && n == 0 {
				return ast.Errorf(ast.ErrArguments, "the setting %s must be a positive number of bytes", optionMemoryLimit)
			}
			return setCount(&o.MemoryLimit, optionMemoryLimit, v)
		},
		get: func(o *Options) string { return strconv.FormatInt(o.MemoryLimit, 10) },
	},
	optionRecordsPerSecond: {
		set: func(o *Options, v protocol.Value) error {
			n := int64(0)
			err := setCount(&n, optionRecordsPerSecond, v)
			o.Policies.Query.RecordsPerSecond = int(n)
			return err
		},
		get: func(o *Options) string { return strconv.Itoa(o.Policies.Query.RecordsPerSecond) },
	},
	optionReplica:  {set: setReplica, get: func(o *Options) string { return nameOf(replicas, o.Policies.Read.Replica) }},
	optionReadMode: {set: setReadMode, get: readModeOf},
	optionTTL: {
		set: func(o *Options, v protocol.Value) (err error) {
			o.Policies.Write.TTL, err = ttlOption(v)
			return err
		},
		get: func(o *Options) string { return ttlText(o.Policies.Write.TTL) },
	},
	optionSendKey: {
		set: func(o *Options, v protocol.Value) (err error) {
			o.Policies.Write.SendKey, err = boolOption(optionSendKey, v)
			return err
		},
		get: func(o *Options) string { return onOff(o.Policies.Write.SendKey) },
	},
	optionDurable: {
		set: func(o *Options, v protocol.Value) (err error) {
			o.Policies.Write.DurableDelete, err = boolOption(optionDurable, v)
			return err
		},
		get: func(o *Options) string { return onOff(o.Policies.Write.DurableDelete) },
	},
	optionCommit: {
		set: func(o *Options, v protocol.Value) (err error) {
			o.Policies.Write.CommitLevel, err = commitLevelOption(v)
			return err
		},
		get: func(o *Options) string {
			if o.Policies.Write.CommitLevel == cluster.CommitMaster {
				return "master"
			}
			return "all"
		},
	},
	optionTimeout: {
		set: func(o *Options, v protocol.Value) error {
			p := &o.Policies
			return setTimeouts(optionTimeout, v, &p.Read.TotalTimeout, &p.Write.TotalTimeout, &p.Batch.TotalTimeout, &p.Query.TotalTimeout)
		},
		get: func(o *Options) string { return timeoutText(o.Policies.Read.TotalTimeout, cluster.DefaultTotalTimeout) },
	},
	optionSocketTimeout: {
		set: func(o *Options, v protocol.Value) error {
			p := &o.Policies
			return setTimeouts(optionSocketTimeout, v, &p.Read.SocketTimeout, &p.Write.SocketTimeout, &p.Batch.SocketTimeout, &p.Query.SocketTimeout)
		},
		get: func(o *Options) string {
			return timeoutText(o.Policies.Read.SocketTimeout, cluster.DefaultSocketTimeout)
		},
	},
	optionAtomic: {
		set: func(o *Options, v protocol.Value) error {
			atomic, err := boolOption(optionAtomic, v)
			o.NotAtomic = !atomic
			return err
		},
		get: func(o *Options) string { return onOff(!o.NotAtomic) },
	},
}

// statementOptions are the options of a statement that a session can't have.
var statementOptions = map[string]func(o *Options, v protocol.Value) error{
	optionGeneration: func(o *Options, v protocol.Value) error {
		generation, ok := generationOf(v)
		if !ok {
			return ast.Errorf(ast.ErrArguments, "the option %s must be an integer from 1 to %d, not %v", optionGeneration, maxGeneration, v)
		}
		o.Policies.Write.Generation, o.Policies.Write.GenerationPolicy = generation, cluster.ExpectEqual
		return nil
	},
	optionBackground: func(o *Options, v protocol.Value) (err error) {
		o.background, err = boolOption(optionBackground, v)
		return err
	},
	optionWait: func(o *Options, v protocol.Value) (err error) {
		o.wait, err = boolOption(optionWait, v)
		return err
	},
}

// otherNames are other names of settings and options.
var otherNames = map[string]string{"durable": optionDurable}

// aqlSettings are the names of the aql tool for settings.
var aqlSettings = map[string]string{
	"record_ttl": optionTTL, "key_send": optionSendKey, "scan_records_per_second": optionRecordsPerSecond,
}

// toolSettings are settings of the aql tool that concern its output and its files.
var toolSettings = ast.Words("ECHO VERBOSE OUTPUT OUTPUT_TYPES LUA_USERPATH RECORD_PRINT_METADATA NO_BINS")

func setCount(n *int64, name string, v protocol.Value) error {
	count, ok := v.Int()
	if !ok || count < 0 {
		return ast.Errorf(ast.ErrArguments, "the setting %s must be a non-negative integer, not %v", name, v)
	}
	*n = count
	return nil
}

func setReplica(o *Options, v protocol.Value) error {
	value := map[string]protocol.Value{optionReplica: v}
	for _, p := range []*cluster.ReplicaPolicy{&o.Policies.Read.Replica, &o.Policies.Batch.Replica, &o.Policies.Query.Replica} {
		if err := readOptions(value, p, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

func setReadMode(o *Options, v protocol.Value) error {
	value := map[string]protocol.Value{optionReadMode: v}
	read, batch := &o.Policies.Read, &o.Policies.Batch
	if err := readOptions(value, &read.Replica, &read.ReadModeAP, &read.ReadModeSC); err != nil {
		return err
	}
	return readOptions(value, &batch.Replica, &batch.ReadModeAP, &batch.ReadModeSC)
}

// nameOf returns the first name of a value.
func nameOf[T comparable](names map[string]T, v T) string {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if names[name] == v {
			return name
		}
	}
	return ""
}

// readModeOf returns the modes of namespaces without and with strong consistency.
func readModeOf(o *Options) string {
	ap := "one"
	if o.Policies.Read.ReadModeAP == cluster.ReadAll {
		ap = "all"
	}
	sc := map[cluster.ReadModeSC]string{
		cluster.ReadSession: "session", cluster.ReadLinearize: "linearize",
		cluster.ReadAllowReplica: "allow_replica", cluster.ReadAllowUnavailable: "allow_unavailable",
	}[o.Policies.Read.ReadModeSC]
	return ap + ", " + sc
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func ttlText(t cluster.TTL) string {
	switch t {
	case cluster.TTLDefault:
		return "default"
	case cluster.TTLNever:
		return "never"
	case cluster.TTLDontUpdate:
		return "keep"
	}
	return strconv.FormatInt(int64(t), 10)
}

// set runs SET and RESET. A failed SET changes nothing.
func (s *Session) set(p *plan.Command, statement *ast.Set, v protocol.Value) error {
	name := strings.ToLower(statement.Name.Text)
	if statement.Value == nil && statement.Name.Is("ALL") {
		s.engine, s.settings = s.base, nil
		return nil
	}
	if own, ok := aqlSettings[name]; ok && p.AQL {
		name = own
	}
	if own, ok := otherNames[name]; ok {
		name = own
	}
	if tool, _ := toolSettings.Find(name); tool && p.AQL {
		return ast.ErrorAt(p.Text, statement.Name.Pos, ast.ErrUnsupported, "the setting %s of the aql tool is not supported: it concerns the output of the tool",
			statement.Name)
	}
	if _, known := settings[name]; !known {
		return ast.ErrorAt(p.Text, statement.Name.Pos, ast.ErrUnknownName, "there is no setting %s; the settings are %s",
			statement.Name, strings.Join(slices.Sorted(maps.Keys(settings)), ", "))
	}
	next := maps.Clone(s.settings)
	if next == nil {
		next = make(map[string]protocol.Value)
	}
	if delete(next, name); statement.Value != nil {
		next[name] = v
	}
	engine, err := s.base.with(next)
	if e, ok := err.(*ast.Error); ok { //nolint:errorlint // an error without a position gets one
		return ast.ErrorAt(p.Text, statement.Value.Position(), e.Kind, "%s", e.Message)
	}
	if err == nil {
		s.engine, s.settings = engine, next
	}
	return err
}

// with returns an engine with settings. It shares what the engine knows.
func (e *Engine) with(values map[string]protocol.Value) (*Engine, error) {
	if len(values) == 0 {
		return e, nil
	}
	changed := *e
	for name, v := range values {
		if err := settings[name].set(&changed.options, v); err != nil {
			return nil, err
		}
	}
	batch := &changed.options.Policies.Batch
	changed.batchRead.Replica, changed.batchRead.ReadModeAP, changed.batchRead.ReadModeSC = batch.Replica, batch.ReadModeAP, batch.ReadModeSC
	return &changed, nil
}

// withOptions returns an engine for one statement, with its options.
func (e *Engine) withOptions(values map[string]protocol.Value) (*Engine, error) {
	own := make(map[string]protocol.Value, len(values))
	changed := *e
	for _, given := range slices.Sorted(maps.Keys(values)) {
		name := strings.ToLower(given)
		if other, ok := otherNames[name]; ok {
			name = other
		}
		if set, ok := statementOptions[name]; ok {
			if err := set(&changed.options, values[given]); err != nil {
				return nil, err
			}
			continue
		}
		if _, known := settings[name]; !known {
			names := slices.Concat(slices.Collect(maps.Keys(settings)), slices.Collect(maps.Keys(statementOptions)))
			slices.Sort(names)
			return nil, ast.Errorf(ast.ErrUnknownName, "there is no option %s; the options are %s", given, strings.Join(names, ", "))
		}
		own[name] = values[given]
	}
	return changed.with(own)
}

// setTimeouts sets timeouts to a value.
func setTimeouts(name string, v protocol.Value, timeouts ...*time.Duration) error {
	d, err := timeoutOption(name, v)
	if err != nil {
		return err
	}
	for _, t := range timeouts {
		*t = d
	}
	return nil
}

// timeoutOption returns a timeout: a duration such as '500ms', a number of milliseconds, or 'none'.
func timeoutOption(name string, v protocol.Value) (time.Duration, error) {
	text, _ := v.Text()
	if strings.EqualFold(text, "none") {
		return cluster.NoTimeout, nil
	}
	if n, ok := v.Int(); ok && n > 0 && n <= math.MaxInt64/int64(time.Millisecond) {
		return time.Duration(n) * time.Millisecond, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, ast.Errorf(ast.ErrArguments, "the option %s must be a duration such as '500ms', a number of milliseconds, or 'none', not %v", name, v)
}

func timeoutText(d, byDefault time.Duration) string {
	switch {
	case d < 0:
		return "none"
	case d == 0:
		return byDefault.String()
	}
	return d.String()
}

// writing returns an engine for statements that write. The setting max_records does not apply to
// them: they would silently leave out records.
func (e *Engine) writing() *Engine {
	if e.options.MaxRecords == 0 {
		return e
	}
	changed := *e
	changed.options.MaxRecords = 0
	return &changed
}

// showVariables returns the settings of the session.
func (s *Session) showVariables(matches func(string) bool) *Result {
	var rows [][]protocol.Value
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if matches(name) {
			get := settings[name].get
			rows = append(rows, []protocol.Value{
				protocol.String(name), protocol.String(get(&s.engine.options)), protocol.String(get(&s.base.options)),
			})
		}
	}
	return result(textColumns("name", "value", "default"), rows)
}

// showVariable returns one setting. The statement may be one that is not supported, such as SHOW
// PROCESSLIST.
func (s *Session) showVariable(p *plan.Command, statement *ast.Show) (*Result, error) {
	name := strings.ToLower(statement.Table.Set.Text)
	if own, ok := aqlSettings[name]; ok && p.AQL {
		name = own
	}
	if _, known := settings[name]; !known {
		return nil, ast.ErrorAt(p.Text, statement.Table.Position(), ast.ErrUnsupported,
			"SHOW %s is not supported, and there is no setting with the name", strings.ToUpper(name))
	}
	return s.showVariables(func(other string) bool { return other == name }), nil
}

// textColumns returns columns of strings.
func textColumns(names ...string) []bind.OutputColumn {
	columns := make([]bind.OutputColumn, len(names))
	for i, name := range names {
		columns[i] = bind.OutputColumn{Name: name, Kinds: function.String}
	}
	return columns
}

// newLike compiles a pattern for names, which it compares in lower case.
func newLike(pattern string) (*function.Pattern, error) {
	return function.NewPattern(ast.Like, strings.ToLower(pattern), function.NoEscape)
}
