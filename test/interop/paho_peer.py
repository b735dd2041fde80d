"""Paho at the other end: publishes what it is given, or tells what it gets, as lines of JSON.

paho_peer.py publish PORT VERSION             the messages are on standard input
paho_peer.py subscribe PORT VERSION FILTER QOS COUNT   prints "subscribed", then the messages
"""
import base64
import json
import os
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

VERSIONS = {"31": mqtt.MQTTv31, "311": mqtt.MQTTv311, "5": mqtt.MQTTv5}
NAMES = {
    "payload-format-indicator": "PayloadFormatIndicator",
    "message-expiry-interval": "MessageExpiryInterval",
    "content-type": "ContentType",
    "response-topic": "ResponseTopic",
    "correlation-data": "CorrelationData",
    "user-property": "UserProperty",
    "topic-alias": "TopicAlias",
    "subscription-identifier": "SubscriptionIdentifier",
}


def properties_of(packet_type, given):
    properties = Properties(packet_type)
    for name, value in given.items():
        if name == "correlation-data":
            value = base64.b64decode(value)
        if name == "user-property":
            value = [tuple(pair) for pair in value]
        setattr(properties, NAMES[name], value)
    return properties


def told(properties):
    found = {}
    for name, attribute in NAMES.items():
        value = getattr(properties, attribute, None)
        if value is None:
            continue
        if name == "correlation-data":
            value = base64.b64encode(value).decode()
        if name == "user-property":
            value = [list(pair) for pair in value]
        if name == "subscription-identifier":
            value = value[0]
        found[name] = value
    return found


def say(value):
    print(json.dumps(value), flush=True)


def publish(client, is_v5):
    for line in sys.stdin:
        message = json.loads(line)
        more = {"properties": properties_of(PacketTypes.PUBLISH, message["properties"])} if is_v5 else {}
        payload = base64.b64decode(message["payload"])
        info = client.publish(message["topic"], payload, message["qos"], message["retain"], **more)
        while not info.is_published():
            client.loop()
    client.disconnect()


def subscribe(client, is_v5, topic, qos, count):
    messages = []

    def on_message(_client, _data, message):
        messages.append(message)
        say(
            {
                "topic": message.topic,
                "payload": base64.b64encode(message.payload).decode(),
                "qos": message.qos,
                "retain": bool(message.retain),
                "properties": told(message.properties) if is_v5 else {},
            }
        )

    client.on_message = on_message
    client.on_subscribe = lambda *_: say("subscribed")
    if is_v5:
        options = mqtt.SubscribeOptions(qos=qos)
        identifier = properties_of(PacketTypes.SUBSCRIBE, {"subscription-identifier": 7})
        client.subscribe(topic, options=options, properties=identifier)
    else:
        client.subscribe(topic, qos)
    while len(messages) < count:
        client.loop()
    for _ in range(3):  # the last acknowledgements
        client.loop(timeout=0.05)
    client.disconnect()


def main(action, port, version, *rest):
    is_v5 = version == "5"
    client = mqtt.Client(f"paho{os.getpid()}", protocol=VERSIONS[version])
    connected = []
    client.on_connect = lambda *arguments: connected.append(arguments[3])
    client.connect("127.0.0.1", int(port))
    while not connected:
        client.loop()
    if connected[0] != 0:
        sys.exit("refused: %s" % connected[0])
    if action == "publish":
        publish(client, is_v5)
    else:
        subscribe(client, is_v5, rest[0], int(rest[1]), int(rest[2]))


main(*sys.argv[1:])
