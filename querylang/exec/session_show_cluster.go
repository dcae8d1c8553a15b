package exec

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/exec/catalog"
	"github.com/aerosql/aerosql/querylang/function"
)

// indexes adds the indexes of a namespace or a table. A name without a namespace is that of a
// namespace, if the cluster has it.
func (w *showing) indexes(ctx context.Context) error {
	t := &w.statement.Table
	namespace, set := w.plan.Namespace, t.Set.Text
	switch {
	case !t.Namespace.IsZero():
		namespace = t.Namespace.Text
	case set != "" && w.client.CheckNamespace(set) == nil:
		namespace, set = set, ""
	case set != "" && namespace == "":
		return w.fail("%s has no namespace: write namespace.set, or name a default namespace in the DSN", t)
	}
	list, err := w.engine.catalog.ListIndexes(ctx, namespace)
	for i := range list {
		index := &list[i]
		if set != "" && index.Set != set {
			continue
		}
		kind, collection, bin := catalog.IndexTypeName(index.Type), "", index.Bin
		if index.Collection != protocol.IndexDefault {
			collection = strings.ToUpper(index.Collection.String())
		}
		if index.OfSet {
			kind = "SET"
		}
		if index.Expression != nil {
			bin = "expression " + base64.StdEncoding.EncodeToString(index.Expression)
		}
		w.add(index.Namespace, index.Set, index.Name, bin, kind, collection, index.Readable)
	}
	return err
}

func (w *showing) namespaces(ctx context.Context) error {
	names, err := w.admin.Namespaces(ctx, w.info)
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		nodes, err := w.admin.NamespaceStatistics(ctx, w.info, name)
		if err != nil {
			return err
		}
		var records, copies, bytes int64
		strong := false
		for _, n := range nodes {
			records += n.MasterObjects
			bytes += n.DataBytes
			copies = max(copies, int64(n.ReplicationFactor))
			strong = strong || n.Fields.Bool("strong-consistency")
		}
		w.add(name, records, copies, strong, bytes)
	}
	return nil
}

// sets adds the sets of a namespace, or of all. A set is listed once it has had a record.
func (w *showing) sets(ctx context.Context) error {
	namespace := w.plan.Namespace
	if t := &w.statement.Table; !t.Set.IsZero() {
		var err error
		if namespace, err = w.namespace(); err != nil {
			return err
		}
	}
	nodes, err := w.admin.Sets(ctx, w.info, namespace)
	if err != nil {
		return err
	}
	type name struct{ namespace, set string }
	all, copies := make(map[name]*admin.SetStatistics), make(map[string]int64)
	for _, sets := range nodes {
		for i := range sets {
			s := &sets[i]
			if bind.IsReservedSet(s.Set) {
				continue
			}
			if sum := all[name{s.Namespace, s.Set}]; sum != nil {
				sum.Objects += s.Objects
				sum.DataBytes += s.DataBytes
				sum.Indexes = max(sum.Indexes, s.Indexes)
			} else {
				all[name{s.Namespace, s.Set}] = s
				copies[s.Namespace] = 1
			}
		}
	}
	for namespace := range copies {
		statistics, err := w.admin.NamespaceStatistics(ctx, w.info, namespace)
		if err != nil {
			return err
		}
		for _, n := range statistics {
			copies[namespace] = max(copies[namespace], int64(n.ReplicationFactor))
		}
	}
	byName := func(a, b name) int { return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.set, b.set)) }
	for _, n := range slices.SortedFunc(maps.Keys(all), byName) {
		s := all[n]
		w.add(n.namespace, n.set, (s.Objects+copies[n.namespace]-1)/copies[n.namespace], s.DataBytes, s.Indexes)
	}
	return nil
}

func (w *showing) nodes(context.Context) error {
	nodes := slices.Clone(w.client.Nodes())
	slices.SortFunc(nodes, func(a, b *cluster.Node) int { return cmp.Compare(a.Name(), b.Name()) })
	for _, n := range nodes {
		w.add(n.Name(), n.Address(), n.Build(), n.Active())
	}
	return nil
}

func (w *showing) functions(context.Context) error {
	all := slices.Clone(function.All())
	slices.SortFunc(all, func(a, b *function.Function) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range all {
		var parameters []string
		for _, p := range f.Params {
			text := p.Name
			if p.Variadic {
				text += ", ..."
			}
			if p.Optional {
				text = "[" + text + "]"
			}
			parameters = append(parameters, text)
		}
		w.add(f.Name, strings.Join(parameters, ", "), f.Group, f.Doc)
	}
	return nil
}

func (w *showing) modules(ctx context.Context) error {
	list, err := w.admin.ListUDF(ctx, w.info)
	for _, m := range list {
		w.add(m.Name, m.Type, m.Hash)
	}
	return err
}

// createModule adds the statement that registers a module.
func (w *showing) createModule(ctx context.Context) error {
	name := w.statement.Table.Set
	source, err := w.admin.GetUDF(ctx, w.info, name.Text+moduleSuffix)
	if errors.Is(err, cluster.ErrNoModule) {
		return w.fail("there is no module %s", name)
	}
	if err != nil {
		return err
	}
	statement := &ast.Module{Verb: ast.CreateVerb, Name: name, Source: &ast.Literal{Value: protocol.String(string(source))}}
	w.add(name.Text, statement.String())
	return nil
}

// createIndex adds the statement that creates an index.
func (w *showing) createIndex(ctx context.Context) error {
	name := w.statement.Table.Set
	if w.plan.Namespace == "" {
		return w.fail("SHOW CREATE INDEX needs a default namespace in the DSN")
	}
	list, err := w.engine.catalog.ListIndexes(ctx, w.plan.Namespace)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(index admin.IndexInfo) bool { return index.Name == name.Text })
	if i < 0 {
		return w.fail("the namespace %s has no index %s", w.plan.Namespace, name)
	}
	text, err := w.engine.catalog.IndexStatement(ctx, &list[i])
	w.add(name.Text, text)
	return err
}

// jobs adds the queries that the nodes run or have run. A node without any may answer that it has
// found none.
func (w *showing) jobs(ctx context.Context) error {
	nodes, err := w.admin.Jobs(ctx, w.info)
	if errors.Is(err, protocol.KeyNotFound) {
		err = nil
	}
	for _, node := range slices.Sorted(maps.Keys(nodes)) {
		for _, j := range nodes[node] {
			w.add(node, strconv.FormatUint(j.ID, 10), j.Namespace, j.Set, j.Type, j.Status, j.Succeeded)
		}
	}
	return err
}
