package exec

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// alterSystem runs ALTER SYSTEM SET. It changes the setting on all nodes that run now.
func (a *administration) alterSystem(s *ast.AlterSystem) error {
	of, setting, err := a.configContext(s.Path)
	if err != nil {
		return err
	}
	text := fmt.Sprint(a.value.Any())
	switch a.value.Kind() {
	case protocol.KindString, protocol.KindInt, protocol.KindFloat, protocol.KindBool:
	default:
		return a.fail(s.Value.Position(), ast.ErrType, "a setting is a string, a number or a boolean, not %v", a.value)
	}
	return a.admin.SetServerConfig(a.ctx, &a.policy.Info, of, map[string]string{setting: text})
}

// configContext returns the section of the configuration that a path begins with, and the setting.
// A path is setting, section.setting, namespace.setting or namespace.set.setting, and in the
// section xdr also xdr.datacenter.setting and xdr.datacenter.namespace.setting. A namespace that is
// named like a section follows the word namespace.
func (a *administration) configContext(path []ast.Name) (of admin.ConfigContext, setting string, err error) {
	names := texts(path)
	first := strings.ToLower(names[0])
	setting = names[len(names)-1]
	switch {
	case len(names) == 1:
		return admin.ServiceConfig(), setting, nil
	case first == "service" && len(names) == 2:
		return admin.ServiceConfig(), setting, nil
	case first == "network":
		return admin.NetworkConfig(), strings.Join(names[1:], "."), nil
	case first == "security" && len(names) <= 3:
		return admin.SecurityConfig(), strings.Join(names[1:], "."), nil
	case first == "xdr" && len(names) <= 4:
		within := append(names[1:len(names)-1:len(names)-1], "", "")
		return admin.XDRConfig(within[0], within[1]), setting, nil
	case first == "namespace" && len(names) > 2:
		names = names[1:]
	}
	switch len(names) {
	case 2:
		return admin.NamespaceConfig(names[0]), setting, nil
	case 3:
		return admin.SetConfig(names[0], names[1]), setting, nil
	}
	return of, "", a.fail(path[0].Pos, ast.ErrUnknownName,
		"expected setting, section.setting, namespace.setting or namespace.set.setting, where a section is service, network, security or xdr")
}

// alterXDR runs ALTER XDR.
func (a *administration) alterXDR(x *execution, s *ast.AlterXDR) error {
	var filter []byte
	if s.Filter != nil {
		var err error
		if filter, err = a.xdrFilter(x, s); err != nil {
			return err
		}
	}
	return a.admin.SetXDRFilter(a.ctx, &a.policy.Info, s.Datacenter.Text, s.Namespace.Text, filter)
}

// xdrFilter returns the packed expression of a condition, nil if it is always true.
func (a *administration) xdrFilter(x *execution, s *ast.AlterXDR) ([]byte, error) {
	scan, err := a.scanOf(s.Filter.Position())
	if err != nil {
		return nil, err
	}
	access, err := plan.Lower(scan, &bind.Env{Run: x.run}, noIndexes{a.engine.environment})
	switch {
	case err != nil:
		return nil, err
	case x.run.Err != nil:
		return nil, x.run.Err
	case access.Method == plan.Nothing || access.Filter != nil && access.Filter.Never:
		return exp.Filter(exp.BoolVal(false)), nil
	case access.Method != plan.SetScan || len(access.Residual) > 0:
		return nil, a.fail(s.Filter.Position(), ast.ErrUnsupported,
			"the servers can't check this condition: it needs a translation to an expression of the servers, without keys; EXPLAIN SELECT shows what has one")
	case access.Filter == nil:
		return nil, nil
	}
	return access.Filter.Packed, nil
}

// noIndexes is an environment without indexes.
type noIndexes struct{ plan.Environment }

func (noIndexes) Indexes(string, string) ([]plan.Index, int64) { return nil, -1 }

// truncateNamespace runs TRUNCATE NAMESPACE. The declarations of tables are records of the
// namespace, so they are lost too.
func (a *administration) truncateNamespace(s *ast.TruncateNamespace) error {
	var before time.Time
	if s.Before != nil {
		n, ok := a.value.Int()
		if !ok {
			return a.fail(s.Before.Position(), ast.ErrType, "TRUNCATE ... BEFORE needs a timestamp, not %v", a.value)
		}
		before = time.Unix(0, n)
	}
	return a.client.Truncate(a.ctx, &a.policy.Info, s.Namespace.Text, "", before)
}

// kill runs KILL.
func (a *administration) kill(s *ast.Kill) error {
	id, err := a.jobID(s)
	if err != nil {
		return err
	}
	err = a.admin.AbortQuery(a.ctx, &a.policy.Info, id)
	if !errors.Is(err, admin.ErrNoJob) {
		return err
	}
	return a.named(err, protocol.KeyNotFound, false, s.Job.Position(), ast.ErrUnknownName, "no node runs a job %d", id)
}

// jobID returns the id of a job. As a parameter it is an integer, also one that is negative because
// the id has 64 bits without a sign, or a string of digits.
func (a *administration) jobID(s *ast.Kill) (uint64, error) {
	if n, ok := a.value.Int(); ok {
		return uint64(n), nil
	}
	text, _ := a.value.Text()
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, a.fail(s.Job.Position(), ast.ErrType, "a job is a number, as SHOW JOBS shows it, not %v", a.value)
	}
	return id, nil
}

// analyze runs ANALYZE: what is known of the tables' bins and indexes is read again.
func (a *administration) analyze(s *ast.Analyze) (*Result, error) {
	columns := textColumns("namespace", "name", "records", "columns", "indexes")
	for i := 2; i < len(columns); i++ {
		columns[i].Kinds = 1 << protocol.KindInt
	}
	var rows [][]protocol.Value
	for _, t := range s.Tables {
		row, err := a.analyzeTable(t)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return result(columns, rows), nil
}

func (a *administration) analyzeTable(t ast.TableName) ([]protocol.Value, error) {
	name := setName{namespace: t.Namespace.Text, set: t.Set.Text}
	if name.namespace == "" {
		name.namespace = a.plan.Namespace
	}
	switch {
	case t.IsNullSet() || !t.Bin.IsZero():
		return nil, a.fail(t.Position(), ast.ErrUnsupported, "only sets can be analyzed")
	case name.namespace == "":
		return nil, a.fail(t.Position(), ast.ErrInvalidName, "the table %s needs a namespace: namespace.table", t)
	}
	declared, err := a.engine.catalog.Table(a.ctx, name.namespace, name.set)
	if err != nil {
		return nil, err
	}
	if declared != nil && declared.View != nil {
		return nil, a.fail(t.Position(), ast.ErrUnsupported, "%s is a view; only sets can be analyzed", t)
	}
	bins, err := a.engine.samples.read(a.ctx, name)
	if err != nil {
		return nil, err
	}
	a.engine.samples.put(name, bins, true)
	if own, ok := a.engine.environment.(*environment); ok {
		own.forget(name.namespace)
	}
	indexes, records := a.engine.environment.Indexes(name.namespace, name.set)
	count := len(bins)
	if declared != nil {
		count = len(declared.Columns)
	}
	return []protocol.Value{
		protocol.String(name.namespace), protocol.String(name.set), protocol.Int(max(records, 0)), protocol.Int(int64(count)), protocol.Int(int64(len(indexes))),
	}, nil
}
