package exec

import (
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// The names of the options of WITH that a write uses.
const (
	optionTTL     = "ttl"
	optionDurable = "durable"
	optionSendKey = "send_key"
	optionCommit  = "commit"
	optionAtomic  = "atomic"
)

// writeOptions sets the fields of a policy that options name. An option without a value is TRUE.
func writeOptions(options map[string]bind.Expr, policy *cluster.WritePolicy, env *bind.Env) error {
	for name, e := range options {
		v := protocol.Bool(true)
		if e != nil {
			v = e.Eval(env)
		}
		if env.Run.Err != nil {
			return env.Run.Err
		}
		var err error
		switch name {
		case optionTTL:
			policy.TTL, err = ttlOption(v)
		case optionDurable:
			policy.DurableDelete, err = boolOption(name, v)
		case optionSendKey:
			policy.SendKey, err = boolOption(name, v)
		case optionCommit:
			policy.CommitLevel, err = commitLevelOption(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ttlOption returns a time to live: seconds, a duration such as '1h', 'never', 'default' or
// 'keep'.
func ttlOption(v protocol.Value) (cluster.TTL, error) {
	if n, ok := v.Int(); ok && n >= 0 && n <= int64(protocol.MaxTTL) {
		return cluster.TTLSeconds(uint32(n)), nil
	} else if ok && n == -1 {
		return cluster.TTLNever, nil
	}
	text, _ := v.Text()
	switch strings.ToLower(text) {
	case "never":
		return cluster.TTLNever, nil
	case "default":
		return cluster.TTLDefault, nil
	case "keep":
		return cluster.TTLDontUpdate, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return cluster.TTLFor(d), nil
	}
	return 0, ast.Errorf(ast.ErrArguments,
		"the option ttl must be a number of seconds, a duration such as '1h', 'never', 'default' or 'keep', not %v", v)
}

func boolOption(name string, v protocol.Value) (bool, error) {
	b, ok := v.Bool()
	if text, isText := v.Text(); isText {
		b, ok = strings.EqualFold(text, "on"), strings.EqualFold(text, "on") || strings.EqualFold(text, "off")
	}
	if !ok {
		return false, ast.Errorf(ast.ErrArguments, "the option %s must be ON or OFF, not %v", name, v)
	}
	return b, nil
}

func commitLevelOption(v protocol.Value) (cluster.CommitLevel, error) {
	text, _ := v.Text()
	switch strings.ToLower(text) {
	case "all":
		return cluster.CommitAll, nil
	case "master":
		return cluster.CommitMaster, nil
	}
	return 0, ast.Errorf(ast.ErrArguments, "the option commit must be all or master, not %v", v)
}
