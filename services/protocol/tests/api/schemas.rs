//! The schemas of both documents: what the types derive, as the wire has it.

use protocol::{
    Book, Candle, Channel, Event, Quote, SHAPES, ServerMessage, Shape, Skipped, Stats, Status, Ticker, Trade,
};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// Where both documents keep them.
const PLACE: &str = "/components/schemas";

type Object = Map<String, Value>;

/// Gathers the schemas of a document.
pub(super) struct Schemas {
    generator: SchemaGenerator,
    /// Those that are put together here.
    own: Object,
}

/// A message of the socket: its name, what it is for, and the schema of its payload.
pub(super) struct Message {
    is_request: bool,
    pub(super) name: String,
    pub(super) about: String,
    pub(super) payload: Value,
}

impl Message {
    /// Its name in the document: a request and its answer may have the same, as `list`.
    pub(super) fn key(&self) -> String {
        if self.is_request { format!("{}_request", self.name) } else { self.name.clone() }
    }
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
            settings.definitions_path = PLACE.into();
            settings.meta_schema = None;
        });
        Self { generator: settings.into_generator(), own: Object::new() }
    }

    /// A reference to the schema of a type.
    pub(super) fn of<T: JsonSchema>(&mut self) -> Value {
        self.generator.subschema_for::<T>().to_value()
    }

    /// The schema of a type that is an object, without a name.
    pub(super) fn object<T: JsonSchema>(&mut self) -> Object {
        let mut schema = T::json_schema(&mut self.generator).to_value();
        tidy(&mut schema);
        into_object(schema)
    }

    /// All that were asked for, and those that they refer to.
    pub(super) fn finish(mut self) -> Value {
        let mut all = self.generator.take_definitions(true);
        all.values_mut().for_each(tidy);
        all.append(&mut self.own);
        Value::Object(all)
    }

    fn name(&mut self, name: &str, schema: Object) -> Value {
        self.own.insert(name.to_owned(), Value::Object(schema));
        json!({ "$ref": format!("#{PLACE}/{name}") })
    }

    /// What the server says beside events.
    pub(super) fn control_messages(&mut self) -> Vec<Message> {
        let Some(Value::Array(variants)) = self.object::<ServerMessage>().remove("oneOf") else {
            panic!("a message is one of several")
        };
        variants.into_iter().map(|variant| self.control_message(into_object(variant))).collect()
    }

    fn control_message(&mut self, mut schema: Object) -> Message {
        // A variant that is a struct refers to it.
        if let Some(Value::String(named)) = schema.remove("$ref") {
            let name = named.rsplit('/').next().expect("a reference names something");
            let mut inner = self.generator.definitions()[name].clone();
            tidy(&mut inner);
            schema = merged([schema, into_object(inner)]);
        }
        let name = schema["properties"]["type"]["const"].as_str().expect("its type").to_owned();
        let about = schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        Message { is_request: false, payload: self.name(&pascal_case(&name), schema), about, name }
    }

    /// What a client may ask.
    pub(super) fn requests(&mut self) -> Vec<Message> {
        let mut fields = protocol::schema::request_fields(&mut self.generator).to_value();
        tidy(&mut fields);
        SHAPES.iter().map(|shape| self.request(shape, &fields["properties"])).collect()
    }

    fn request(&mut self, shape: &Shape, fields: &Value) -> Message {
        let takes = ["op", "id"].iter().chain(shape.needs).chain(shape.takes);
        let mut properties: Object =
            takes.map(|field| ((*field).to_owned(), fields[*field].clone())).collect();
        properties.insert("op".into(), json!({ "const": shape.op }));
        let needs: Vec<&str> = ["op"].iter().chain(shape.needs).copied().collect();
        let mut schema = into_object(json!({
            "type": "object", "properties": properties, "required": needs, "additionalProperties": false
        }));
        if shape.needs_one_taken {
            let one = shape.takes.iter().map(|field| json!({ "required": [field] }));
            schema.insert("anyOf".into(), one.collect());
        }
        let about = format!("A request; the answer is `{}`, or `error`.", shape.answer);
        let payload = self.name(&format!("{}Request", pascal_case(shape.op)), schema);
        Message { is_request: true, name: shape.op.to_owned(), about, payload }
    }

    /// A frame of events.
    pub(super) fn events(&mut self) -> Message {
        let mut kinds: Vec<Value> = Vec::new();
        for kind in Channel::ALL.into_iter().flat_map(|channel| self.kinds(channel)) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let about = "Events, in order. Each kind has the fields of its channel.".to_owned();
        let payload = json!({ "type": "array", "minItems": 1, "items": { "anyOf": kinds } });
        Message { is_request: false, name: "events".into(), about, payload }
    }

    /// The kinds of events that a channel has.
    fn kinds(&mut self, channel: Channel) -> Vec<Value> {
        match channel {
            Channel::Ticker => vec![self.kind::<Ticker>("TickerEvent", channel)],
            Channel::Bbo => vec![self.kind::<Quote>("BboEvent", channel)],
            Channel::Trades => {
                let recent =
                    described(self.of::<Vec<Trade>>(), "In a snapshot: the trades before it, oldest first.");
                let skipped = described(self.of::<Skipped>(), "Trades that the client was too slow for.");
                let trade = self.object::<Trade>();
                vec![
                    self.event("TradeEvent", channel, [trade, fields(&json!({ "recent": recent }), &[])]),
                    self.event(
                        "SkippedEvent",
                        channel,
                        [fields(&json!({ "skipped": skipped }), &["skipped"])],
                    ),
                    self.nothing(channel),
                ]
            }
            Channel::Book(_) => vec![self.kind::<Book>("BookEvent", channel)],
            Channel::Candles(_) => vec![self.kind::<Candle>("CandleEvent", channel), self.nothing(channel)],
            Channel::Stats => vec![self.kind::<Stats>("StatsEvent", channel), self.nothing(channel)],
            Channel::Status => vec![self.kind::<Status>("StatusEvent", channel)],
        }
    }

    /// Events with the fields of a type.
    fn kind<T: JsonSchema>(&mut self, name: &str, channel: Channel) -> Value {
        let fields = self.object::<T>();
        self.event(name, channel, [fields])
    }

    /// The snapshot of a stream in which nothing happened yet.
    fn nothing(&mut self, channel: Channel) -> Value {
        let name = format!("No{}Event", pascal_case(channel.name().split(':').next().unwrap_or_default()));
        let about = json!({ "description": "A stream in which nothing happened yet." });
        self.event(&name, channel, [into_object(about), fields(&json!({}), &["snapshot"])])
    }

    /// Events with these fields beside those that all have, of all channels that differ by a depth or an interval only.
    fn event<const N: usize>(&mut self, name: &str, channel: Channel, fields: [Object; N]) -> Value {
        let is_alike = |other: &Channel| std::mem::discriminant(other) == std::mem::discriminant(&channel);
        let names: Vec<&str> = Channel::ALL.into_iter().filter(is_alike).map(Channel::name).collect();
        let mut schema = merged(std::iter::once(self.object::<Event<'_>>()).chain(fields));
        let properties = &mut schema["properties"];
        properties["ch"] = json!({ "description": "The channel.", "enum": names });
        properties["snapshot"]["const"] = true.into();
        properties["conflated"]["minimum"] = 1.into();
        self.name(name, schema)
    }
}

fn fields(properties: &Value, required: &[&str]) -> Object {
    into_object(json!({ "properties": properties, "required": required }))
}

fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = description.into();
    schema
}

/// One object with the fields of all; what else they say, the last says.
fn merged(schemas: impl IntoIterator<Item = Object>) -> Object {
    let mut all = Object::new();
    for mut schema in schemas {
        let (properties, required) = (schema.remove("properties"), schema.remove("required"));
        all.append(&mut schema);
        if let (Value::Object(all), Some(Value::Object(mut more))) =
            (all.entry("properties").or_insert(json!({})), properties)
        {
            all.append(&mut more);
        }
        if let (Value::Array(all), Some(Value::Array(more))) =
            (all.entry("required").or_insert(json!([])), required)
        {
            let more: Vec<Value> = more.into_iter().filter(|name| !all.contains(name)).collect();
            all.extend(more);
        }
    }
    all
}

/// What a type derives, by the rules of the wire: what is not known is absent and never null, a pair is an array of two,
/// and the text is for people who do not read Rust.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Array(parts) => parts.iter_mut().for_each(tidy),
        Value::Object(schema) => {
            tidy_fields(schema);
            tidy_pair(schema);
            if let Some(Value::String(text)) = schema.get_mut("description") {
                *text = text.replace("[`", "`").replace("`]", "`").replace("crate::", "").replace('\n', " ");
            }
            // The width of a machine is no business of the wire.
            if schema.get("format").is_some_and(|format| format == "uint") {
                schema.remove("format");
            }
            schema.values_mut().for_each(tidy);
        }
        _ => {}
    }
}

/// Fields that may be null may be absent.
fn tidy_fields(schema: &mut Object) {
    let Some(Value::Object(fields)) = schema.get_mut("properties") else { return };
    let absent: Vec<String> =
        fields.iter_mut().filter_map(|(name, field)| take_null(field).then(|| name.clone())).collect();
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| !absent.iter().any(|absent| name == absent));
    }
}

/// Takes out that a value may be null. Returns whether it might.
fn take_null(schema: &mut Value) -> bool {
    let null = json!("null");
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        let before = types.len();
        types.retain(|kind| *kind != null);
        let (found, only) = (types.len() < before, types[0].clone());
        if types.len() == 1 {
            schema["type"] = only;
        }
        return found;
    }
    let Some(Value::Array(choices)) = schema.get_mut("anyOf") else { return false };
    let before = choices.len();
    choices.retain(|choice| choice["type"] != null);
    let found = choices.len() < before;
    if let [only] = choices.as_slice() {
        let only = into_object(only.clone());
        let Value::Object(schema) = schema else { return found };
        schema.remove("anyOf");
        schema.extend(only);
    }
    found
}

/// A pair of two of the same kind: older readers of schemas do not know `prefixItems`.
fn tidy_pair(schema: &mut Object) {
    let Some(Value::Array(items)) = schema.get("prefixItems") else { return };
    assert!(items.windows(2).all(|pair| pair[0] == pair[1]), "a tuple of one kind");
    let item = items[0].clone();
    schema.remove("prefixItems");
    schema.insert("items".into(), item);
}

fn into_object(schema: Value) -> Object {
    match schema {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

fn pascal_case(name: &str) -> String {
    name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
