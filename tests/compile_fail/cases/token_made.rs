//! A token cannot be made by a literal outside of its module.

mod scopes {
    pub struct CreatorScope {
        creator_id: String,
    }

    impl CreatorScope {
        pub fn from_authenticated(creator_id: String) -> Self {
            CreatorScope { creator_id }
        }

        pub fn creator_id(&self) -> &String {
            &self.creator_id
        }
    }
}

fn main() {
    let token = scopes::CreatorScope { creator_id: "u2".to_owned() };
    println!("{}", token.creator_id());
}
