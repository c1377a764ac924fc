use impact::dialect::Dialect;
use std::io::BufRead;
fn main() {
    impact::sql::parse::on_deep_stack(|| {
        let show = std::env::args().nth(1).is_some();
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let Some((d, sql)) = line.split_once('\t') else { continue };
            let sql = sql.replace("\\n", "\n");
            let d = Dialect::parse(d).unwrap();
            match impact::sql::query(&sql, d) {
                Ok(t) => {
                    if show {
                        println!("ok {sql}\n{t:?}")
                    } else {
                        println!("ok\t{d}\t{sql}")
                    }
                }
                Err(f) => println!(
                    "ERR\t{d}\t{}\t[{}]\t{}",
                    f.message,
                    sql.get(f.start..).unwrap_or("").chars().take(25).collect::<String>(),
                    sql
                ),
            }
        }
    });
}
