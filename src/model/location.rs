//! Where things stand in the workarea bucket.

use super::table::{Kind, Zone};
use super::{Area, Database, Name, Pipeline, Table};

/// Key prefixes and keys; none starts or ends with a slash.
impl Pipeline {
    /// Returns the key prefix of an area.
    pub fn area_prefix(&self, area: Area) -> String {
        let root = &self.workarea.root;
        match area {
            Area::Landing => format!("{root}/landing/DWH"),
            Area::Stage => format!("{root}/stage/STG_DWH"),
            Area::Prod => format!("{root}/prod/DWH"),
            Area::Archive => format!("{root}/archive/DWH"),
            Area::Rejected => format!("{root}/rejected/DWH"),
            Area::Libs => format!("{root}/prod/libs"),
            Area::State => format!("{root}/prod/state_info"),
            Area::Logs => "EMR/logs".to_owned(),
            Area::Results => "athena-results".to_owned(),
        }
    }

    /// Returns the key prefix of a group's query results: its own, so that no group sees what another asked.
    pub fn results_prefix(&self, group: &Name) -> String {
        format!("{}/{group}", self.area_prefix(Area::Results))
    }

    /// Returns the key prefix of a database: the default place of its tables.
    pub fn database_prefix(&self, database: &Database) -> String {
        let area = match database.zone {
            Zone::Stage => Area::Stage,
            Zone::Prod => Area::Prod,
        };
        format!("{}/{}", self.area_prefix(area), database.name)
    }

    /// Returns the key prefix of a table in landing, stage, prod, archive or rejected.
    pub fn table_prefix(&self, table: &Table, area: Area) -> String {
        match table.own_location(area) {
            Some(own) => format!("{}/{own}", self.workarea.root),
            None => format!("{}/{}", self.kind_prefix(table.kind, area), table.name),
        }
    }

    /// Returns the key prefix below which the tables of a kind stand, unless they say otherwise.
    pub fn kind_prefix(&self, kind: Kind, area: Area) -> String {
        match area {
            Area::Stage => self.database_prefix(self.database(Zone::Stage, kind)),
            Area::Prod => self.database_prefix(self.database(Zone::Prod, kind)),
            _ => format!("{}/{}", self.area_prefix(area), plural(kind)),
        }
    }

    /// Returns the key of the Lambdas' configuration.
    pub fn config_key(&self) -> String {
        format!("{}/lambda_fn_config/config.ini", self.area_prefix(Area::Libs))
    }

    /// Returns the key of the object that holds the cluster's id.
    pub fn state_key(&self) -> String {
        format!("{}/{}_ClusterId.info", self.area_prefix(Area::State), self.name)
    }

    /// Returns the key prefix of the notes of how many rows each load rejected: `<cluster>/<table>/<run>/<rows>` below it.
    pub fn rejected_counts_prefix(&self) -> String {
        format!("{}/_counts", self.area_prefix(Area::Rejected))
    }

    /// Returns the key prefix of the Hive scripts.
    pub fn scripts_prefix(&self) -> String {
        format!("{}/hive-scripts", self.area_prefix(Area::Libs))
    }

    /// Returns the key of the script that loads a table: the only table of its kind has the kind's script, several have
    /// one each.
    pub fn script_key(&self, table: &Table) -> String {
        let script = format!("{}/{}_process", self.scripts_prefix(), table.kind.word());
        match self.tables_of(table.kind).nth(1) {
            None => format!("{script}.sql"),
            Some(_) => format!("{script}/{}.sql", table.name),
        }
    }

    /// Returns the address of a key or prefix in the bucket.
    pub fn s3_uri(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.workarea.bucket)
    }
}

impl Table {
    /// Returns the place in an area that the table states, below the root; most stand where the rule puts them.
    pub fn own_location(&self, area: Area) -> Option<&str> {
        let own = match area {
            Area::Landing => &self.locations.landing,
            Area::Stage => &self.locations.stage,
            Area::Prod => &self.locations.prod,
            Area::Archive => &self.locations.archive,
            Area::Rejected | Area::Libs | Area::State | Area::Logs | Area::Results => &None,
        };
        own.as_deref()
    }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Dimension => "dimensions",
        Kind::Fact => "facts",
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;

    #[test]
    fn several_tables_of_a_kind_have_a_script_each() {
        let mut pipeline = sample::pipeline();
        let libs = "data-workflows/prod/libs/hive-scripts";
        let key = pipeline.script_key(&pipeline.tables[0]);
        assert_eq!(key, format!("{libs}/dimension_process.sql"));
        pipeline.tables.push(sample::dimension("city_dim"));
        let key = pipeline.script_key(&pipeline.tables[0]);
        assert_eq!(key, format!("{libs}/dimension_process/sample_country_dim.sql"));
        let fact = pipeline.script_key(&pipeline.tables[1]);
        assert_eq!(fact, format!("{libs}/fact_process.sql"));
    }
}
