package admin

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
)

// A ConfigContext is a part of the servers' configuration: functions such as NamespaceConfig return one. The zero
// ConfigContext is what concerns no namespace: service, network and, where it is configured, security.
type ConfigContext struct{ kind, namespace, set, datacenter string }

// ServiceConfig is what the configuration file has under service.
func ServiceConfig() ConfigContext { return ConfigContext{kind: "service"} }

// NetworkConfig is what it has under network; the names begin with the part, as in "heartbeat.interval".
func NetworkConfig() ConfigContext { return ConfigContext{kind: "network"} }

// SecurityConfig is what it has under security; a Community server has nothing there.
func SecurityConfig() ConfigContext { return ConfigContext{kind: "security"} }

// NamespaceConfig is what it has under a namespace.
func NamespaceConfig(namespace string) ConfigContext {
	return ConfigContext{kind: "namespace", namespace: namespace}
}

// SetConfig is what it has under a set of a namespace. It can be set only; Sets tells what there is.
func SetConfig(namespace, set string) ConfigContext {
	return ConfigContext{kind: "namespace", namespace: namespace, set: set}
}

// XDRConfig is what it has under xdr, or about a data center there, or about a namespace that is shipped to that one;
// both may be "" (Enterprise).
func XDRConfig(datacenter, namespace string) ConfigContext {
	return ConfigContext{kind: "xdr", datacenter: datacenter, namespace: namespace}
}

// ServerConfig returns a part of the nodes' configuration, as it is now, by the nodes' names.
func (c *Client) ServerConfig(ctx context.Context, p *cluster.InfoPolicy, of ConfigContext) (_ map[string]InfoFields, err error) {
	defer c.about(&err, "ServerConfig", of.namespace, of.set)
	if of.set != "" {
		return nil, configError("the configuration of set %q can't be read; Sets returns it", of.set)
	}
	command, err := c.configCommand("get-config", of)
	if err != nil {
		return nil, err
	}
	return ofEach(ctx, c, p, command, func(answer string) (InfoFields, error) { return parseFields(answer), nil })
}

// SetServerConfig changes settings of all nodes while they run. The change is not written to configuration files: a node
// that is started again has the old one, and a node that joins later does not hear of it.
//
// Every node is asked for every setting. The error joins what they refused, a *protocol.Error with the node's name
// for each; what is not named in it has been changed. protocol.ParameterError is a setting that is not known, or can't be changed
// while the server runs, or whose value is out of range.
func (c *Client) SetServerConfig(ctx context.Context, p *cluster.InfoPolicy, of ConfigContext, settings map[string]string) (err error) {
	defer c.about(&err, "SetServerConfig", of.namespace, of.set)
	if len(settings) == 0 || of.kind == "" {
		return configError("SetServerConfig needs a ConfigContext and at least one setting")
	}
	start, err := c.configCommand("set-config", of)
	if err != nil {
		return err
	}
	// A server takes one setting a command.
	var commands []string
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		value := settings[name]
		if name == "" || !info.Safe(name) || strings.ContainsAny(value, ";\n\t") {
			return configError("the setting %q with the value %q can't be sent", name, value)
		}
		commands = append(commands, start+";"+name+"="+value)
	}
	answers, err := c.native().InfoAll(ctx, p, commands...)
	if err != nil {
		return err
	}
	var refused []error
	refuse := func(err error) {
		c.about(&err, "SetServerConfig", of.namespace, of.set)
		refused = append(refused, err)
	}
	for _, node := range slices.Sorted(maps.Keys(answers)) {
		a := answers[node]
		if a.Err != nil {
			refuse(a.Err)
			continue
		}
		for _, command := range commands {
			if err := info.Error(a.Values[command]); err != nil {
				refuse(settingError(err, strings.TrimPrefix(command, start+";"), node))
			}
		}
	}
	return errors.Join(refused...)
}

// settingError completes the error of a node by what it was about.
func settingError(err error, setting, node string) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		e.Message = setting + ": " + e.Message
	}
	return info.OnNode(err, node)
}

// configCommand begins a command about a part of the configuration.
func (c *Client) configCommand(name string, of ConfigContext) (string, error) {
	if !info.Safe(of.namespace, of.set, of.datacenter) {
		return "", configError("a ConfigContext of namespace %q, set %q and data center %q", of.namespace, of.set, of.datacenter)
	}
	if of.kind == "namespace" || of.namespace != "" {
		if err := c.native().CheckNamespace(of.namespace); err != nil {
			return "", err
		}
	}
	switch {
	case of.kind == "":
		return name, nil
	case of.kind == "namespace":
		command := name + ":context=namespace;" + c.namespaceParam("id", of.namespace)
		if of.set != "" {
			command += ";set=" + of.set
		}
		return command, nil
	}
	command := name + ":context=" + of.kind
	if of.datacenter != "" {
		command += ";dc=" + of.datacenter
	}
	if of.namespace != "" {
		command += ";namespace=" + of.namespace
	}
	return command, nil
}
