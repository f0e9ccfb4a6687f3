"""Prints JSON schemas of the custom resources that the chart makes, by the name that kubeconform asks for, from Python packages made of their CRDs."""

import json

from cloudcoil.models.keda import v1alpha1 as keda
from cloudcoil.models.prometheus_operator import v1 as monitoring


def strict(schema):
    """Refuses fields that the CRD does not have; maps and objects without fields stay open."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if made.get("type") == "object" and made.get("properties") and "additionalProperties" not in made:
        made["additionalProperties"] = False
    return made


print(
    json.dumps(
        {
            "scaledobject-keda-v1alpha1": strict(keda.ScaledObject.model_json_schema(by_alias=True)),
            "podmonitor-monitoring-v1": strict(monitoring.PodMonitor.model_json_schema(by_alias=True)),
            "prometheusrule-monitoring-v1": strict(monitoring.PrometheusRule.model_json_schema(by_alias=True)),
        }
    )
)
