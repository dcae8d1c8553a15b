package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// keyOf returns the key of the declaration of a set.
func keyOf(namespace, set string) (protocol.Key, error) {
	return protocol.NewKey(namespace, bind.ReservedSet, set)
}

// read reads a declaration. The record is nil if there is none.
func (c *Catalog) read(ctx context.Context, namespace, set string) (*protocol.Record, error) {
	key, err := keyOf(namespace, set)
	if err != nil {
		return nil, err
	}
	policy := c.options.Policies.Read
	record, err := c.client.Get(outsideTxn(ctx), &policy, key)
	switch {
	case err == nil:
		return record, nil
	case isAbsent(err):
		return nil, nil
	}
	return nil, readError(namespace, err)
}

// declared reads a declaration, past what is kept in memory. It is nil if there is none.
func (c *Catalog) declared(ctx context.Context, namespace, set string) (*declaration, error) {
	record, err := c.read(ctx, namespace, set)
	if record == nil || err != nil {
		return nil, err
	}
	return decode(namespace, set, record)
}

// create stores a new declaration. The error is protocol.KeyExists if there is one already.
func (c *Catalog) create(ctx context.Context, d *declaration) error {
	policy := c.writePolicy()
	policy.Exists = cluster.CreateOnly
	policy.MaxRetries = 0 // a retry would find the record of the first try
	return c.write(ctx, d, &policy)
}

// replace stores a changed declaration. The error is protocol.GenerationError if it was changed
// since it was read.
func (c *Catalog) replace(ctx context.Context, d *declaration) error {
	policy := c.writePolicy()
	policy.Exists = cluster.ReplaceOnly
	policy.Generation, policy.GenerationPolicy = d.generation, cluster.ExpectEqual
	return c.write(ctx, d, &policy)
}

func (c *Catalog) write(ctx context.Context, d *declaration, policy *cluster.WritePolicy) error {
	key, err := keyOf(d.namespace, d.set)
	if err != nil {
		return err
	}
	defer c.forget(d.namespace, d.set)
	return writeError(d.namespace, c.client.Put(ctx, policy, key, d.encode()))
}

// remove deletes a declaration. The error is protocol.GenerationError if it was changed since it
// was read.
func (c *Catalog) remove(ctx context.Context, d *declaration) error {
	key, err := keyOf(d.namespace, d.set)
	if err != nil {
		return err
	}
	defer c.forget(d.namespace, d.set)
	policy := c.writePolicy()
	policy.Generation, policy.GenerationPolicy = d.generation, cluster.ExpectEqual
	_, err = c.client.Delete(ctx, &policy, key)
	if errors.Is(err, protocol.Forbidden) && !policy.DurableDelete {
		// Namespaces with strong consistency allow only durable deletes.
		policy.DurableDelete = true
		_, err = c.client.Delete(ctx, &policy, key)
	}
	return writeError(d.namespace, err)
}

func (c *Catalog) writePolicy() cluster.WritePolicy {
	policy := c.options.Policies.Write
	policy.SendKey, policy.TTL, policy.Filter = true, cluster.TTLNever, nil
	return policy
}

// readError explains why the catalog can't be read.
func readError(namespace string, err error) error {
	if unknown := unknownNamespace(namespace, err); unknown != nil {
		return unknown
	}
	return fmt.Errorf("the declarations of the namespace %s can't be read: %w", namespace, err)
}

// writeHints explain what a namespace must allow.
var writeHints = map[protocol.ResultCode]string{
	protocol.OutOfSpace:      "; the namespace refuses writes because it is full",
	protocol.Forbidden:       "; the namespace must allow writes and records that never expire",
	protocol.AlwaysForbidden: "; the namespace must allow writes and records that never expire",
	protocol.ParameterError:  "; the namespace must allow records that never expire",
	protocol.RecordTooBig:    "; a declaration must fit into one record",
	protocol.RoleViolation:   "; definitions need the privilege to read and write the set " + bind.ReservedSet,
}

// writeError explains why the catalog can't be written. KeyExists and GenerationError are returned
// as they are.
func writeError(namespace string, err error) error {
	if err == nil || errors.Is(err, protocol.KeyExists) || errors.Is(err, protocol.GenerationError) {
		return err
	}
	if unknown := unknownNamespace(namespace, err); unknown != nil {
		return unknown
	}
	hint := ""
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		hint = writeHints[e.Code]
	}
	return fmt.Errorf("the declarations of the namespace %s can't be changed: %w%s", namespace, err, hint)
}

// unknownNamespace returns the error of a namespace that the cluster does not have, or nil for
// another error.
func unknownNamespace(namespace string, err error) error {
	cause, ok := errors.AsType[*protocol.Error](err)
	if !ok || cause.Code != protocol.InvalidNamespace {
		return nil
	}
	e := ast.Errorf(ast.ErrUnknownName, "there is no namespace %s", namespace)
	if cause.Message != "" {
		e.Message += "; " + cause.Message
	}
	e.Cause = err
	return e
}

func errReserved() error {
	return ast.Errorf(ast.ErrInvalidName, "the set %s holds the declarations of tables; statements can't name it", bind.ReservedSet)
}

// firstLine returns the first line of an error.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
